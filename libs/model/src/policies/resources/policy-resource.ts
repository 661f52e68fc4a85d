import type { ErrorClass } from '../../errors/index.js';
import type { PolicyId } from '../../ids/index.js';
import type { JsonPointer, JsonValue } from '../../json/index.js';
import type { Instant } from '../../time/index.js';
import type { SubjectId } from '../policy.js';

/** The parts of a policy that can be addressed, after Ditto's resource paths. */
export type PolicyResource =
  | 'policy'
  | 'entries'
  | 'entry'
  | 'importable'
  | 'namespaces'
  | 'allowedAdditions'
  | 'references'
  | 'subjects'
  | 'subject'
  | 'resources'
  | 'resource'
  | 'imports'
  | 'import'
  | 'importEntries'
  | 'transitiveImports';

/** What a value is going to be. */
export interface PolicyTarget {
  readonly policyId: PolicyId;
  /** In its stored form. */
  readonly pointer: JsonPointer;
}

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
  readonly parse: (value: JsonValue, context: PolicyContext, target: PolicyTarget) => JsonValue;
  readonly notFound: ErrorClass<[id: PolicyId, path: string]>;
  readonly notModifiable: ErrorClass<[id: PolicyId, path: string]>;
  /** Refuses a change after which nobody could change the policy. */
  readonly modificationInvalid: (id: PolicyId, path: JsonPointer) => Error;
  readonly deletable: boolean;
  /** What a read answers when the part is not set but what has it is there; a 404 when absent. */
  readonly whenUnset?: JsonValue;
  /** A write never creates it: it is a trait of what has it. */
  readonly isTrait?: boolean;
  /** It has no entity tag of its own. */
  readonly isUntagged?: boolean;
}
