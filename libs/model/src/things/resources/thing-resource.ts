import type { ErrorClass } from '../../errors/index.js';
import type { ThingId } from '../../ids/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';

/** The parts of a thing that can be addressed, after Ditto's resource paths. */
export type ThingResource =
  | 'thing'
  | 'policyId'
  | 'definition'
  | 'attributes'
  | 'attribute'
  | 'features'
  | 'feature'
  | 'featureDefinition'
  | 'featureProperties'
  | 'featureProperty'
  | 'featureDesiredProperties'
  | 'featureDesiredProperty';

/** What a value is for: to be stored as it is, or to be merged as a patch, whose nulls are removals. */
export type ValueUse = 'store' | 'merge';

/** What sets one resource apart from the others. */
export interface ThingResourceDefinition {
  /** The value as it is stored or merged: checked, unknown members dropped. Null passes where Ditto stores it. */
  readonly parse: (value: JsonValue, path: JsonPointer, use: ValueUse) => JsonValue;
  readonly notFound: ErrorClass<[id: ThingId, path: string]>;
  readonly notModifiable: ErrorClass<[id: ThingId, path: string]>;
  readonly deletable: boolean;
  /** Whether a modify needs the feature to be there already. */
  readonly needsFeature: boolean;
}
