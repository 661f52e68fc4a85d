import type { PolicyId } from '../ids/index.js';
import type { FieldSelector, JsonObject, JsonPointer, JsonValue } from '../json/index.js';

/**
 * What a caller asks of one policy; `path` is empty for the whole policy. The key of a resource may be one segment
 * (`thing:/features/x`) or split at its slashes. Values are unchecked until `decidePolicy`.
 */
export type PolicyCommand = CreatePolicy | ModifyPolicy | DeletePolicy | RetrievePolicy;
export type ModifyingPolicyCommand = Exclude<PolicyCommand, RetrievePolicy>;

/** Refused when the policy exists. */
export interface CreatePolicy {
  readonly kind: 'create';
  readonly policyId: PolicyId;
  readonly value: JsonObject;
}

/** Replaces what is at the path, or creates it. */
export interface ModifyPolicy {
  readonly kind: 'modify';
  readonly policyId: PolicyId;
  readonly path: JsonPointer;
  readonly value: JsonValue;
}

export interface DeletePolicy {
  readonly kind: 'delete';
  readonly policyId: PolicyId;
  readonly path: JsonPointer;
}

export interface RetrievePolicy {
  readonly kind: 'retrieve';
  readonly policyId: PolicyId;
  readonly path: JsonPointer;
  /** Of the whole policy; the hidden `_namespace`, `_revision`, `_created` and `_modified` can be named. */
  readonly fields?: FieldSelector | undefined;
}
