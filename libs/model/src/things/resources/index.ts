import type { JsonPointer } from '../../json/index.js';
import { PathUnknown } from '../errors.js';
import { attribute } from './attribute.js';
import { attributes } from './attributes.js';
import { definition } from './definition.js';
import { featureDefinition } from './feature-definition.js';
import {
  featureDesiredProperties,
  featureDesiredProperty,
  featureProperties,
  featureProperty,
} from './feature-properties.js';
import { feature, features } from './feature.js';
import { policyId } from './policy-id.js';
import type { ThingResource, ThingResourceDefinition } from './thing-resource.js';
import { thing } from './whole-thing.js';

/** Every resource of a thing; a forgotten one does not compile. */
export const thingResources = {
  thing,
  policyId,
  definition,
  attributes,
  attribute,
  features,
  feature,
  featureDefinition,
  featureProperties,
  featureProperty,
  featureDesiredProperties,
  featureDesiredProperty,
} satisfies Record<ThingResource, ThingResourceDefinition>;

/** Which resource a path addresses. @throws PathUnknown */
export function thingResourceAt(path: JsonPointer): ThingResource {
  const resource = resolve(path);
  if (resource === undefined) throw new PathUnknown(`/${path.join('/')}`);
  return resource;
}

function resolve(path: JsonPointer): ThingResource | undefined {
  const depth = path.length;
  switch (path[0]) {
    case undefined:
      return 'thing';
    case 'policyId':
    case 'definition':
      return depth === 1 ? path[0] : undefined;
    case 'attributes':
      return depth === 1 ? 'attributes' : 'attribute';
    case 'features':
      if (depth === 1) return 'features';
      return depth === 2 ? 'feature' : resolveFeaturePart(path[2], depth);
    default:
      return undefined;
  }
}

function resolveFeaturePart(part: string | undefined, depth: number): ThingResource | undefined {
  switch (part) {
    case 'definition':
      return depth === 3 ? 'featureDefinition' : undefined;
    case 'properties':
      return depth === 3 ? 'featureProperties' : 'featureProperty';
    case 'desiredProperties':
      return depth === 3 ? 'featureDesiredProperties' : 'featureDesiredProperty';
    default:
      return undefined;
  }
}
export { parseThingContent, parseThingPatch } from './whole-thing.js';
export type { ThingResource, ThingResourceDefinition, ValueUse } from './thing-resource.js';
