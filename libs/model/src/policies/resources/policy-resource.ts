import type { ErrorClass } from '../../errors/index.js';
import type { PolicyId } from '../../ids/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';
import type { Instant } from '../../time/index.js';
import type { SubjectId } from '../policy.js';

/** The parts of a policy that can be addressed, after Ditto's resource paths. */
export type PolicyResource =
  'policy' | 'entries' | 'entry' | 'importable' | 'subjects' | 'subject' | 'resources' | 'resource';

/** What the meaning of a value depends on. */
export interface PolicyContext {
  /** For whom `{{ request:subjectId }}` stands. */
  readonly caller: SubjectId;
  readonly now: Instant;
  /** Expiries of subjects are rounded up to whole ones of these. Milliseconds; Ditto has one hour. */
  readonly expiryGranularity: number;
}

/** What sets one resource apart from the others. */
export interface PolicyResourceDefinition {
  /** The value as it is stored: checked, defaults filled in, unknown members dropped. */
  readonly parse: (value: JsonValue, context: PolicyContext) => JsonValue;
  readonly notFound: ErrorClass<[id: PolicyId, path: string]>;
  readonly notModifiable: ErrorClass<[id: PolicyId, path: string]>;
  /** Refuses a change after which nobody could change the policy. */
  readonly modificationInvalid: (id: PolicyId, path: JsonPointer) => Error;
  readonly deletable: boolean;
}
