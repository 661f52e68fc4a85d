import type { PolicyId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';

/** What became of a policy command. */
export interface PolicyReply {
  readonly outcome: 'created' | 'modified' | 'deleted' | 'retrieved';
  readonly policyId: PolicyId;
  /** In its stored form: a resource key is one segment; see `formatPolicyPath`. */
  readonly path: JsonPointer;
  /** The created or retrieved value; absent for `modified` and `deleted`. */
  readonly value?: JsonValue;
  /** The policy's revision after the command. */
  readonly revision: number;
  /** Entity tag of what `path` addresses, quotes included; absent when it is gone. */
  readonly etag?: string;
  /** Further headers of the response, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}
