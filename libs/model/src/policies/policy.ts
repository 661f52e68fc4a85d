import type { PolicyId } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Instant } from '../time/index.js';

declare const brand: unique symbol;
/** `issuer:subject`, for example `nginx:ditto`. */
export type SubjectId = string & { readonly [brand]: 'SubjectId' };

export type Permission = 'READ' | 'WRITE' | 'EXECUTE';
export type ResourceType = 'thing' | 'policy' | 'message';

/** A policy's content as Ditto's JSON has it. */
export interface Policy {
  readonly [key: string]: JsonValue;
  readonly policyId: PolicyId;
  readonly entries: { readonly [label: string]: PolicyEntry };
}

export interface PolicyEntry {
  readonly [key: string]: JsonValue;
  readonly subjects: { readonly [subjectId: string]: JsonObject };
  /** Keys are `type:/path`. */
  readonly resources: { readonly [resourceKey: string]: { readonly grant: readonly Permission[]; readonly revoke: readonly Permission[] } };
}

/** A policy at a revision, as committed; a deleted one keeps its id and revision. */
export interface PolicyState {
  readonly policy: Policy;
  readonly revision: number;
  readonly created: Instant;
  readonly modified: Instant;
  readonly deleted: boolean;
}
