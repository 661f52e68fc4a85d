import type { PolicyId } from '@gemel/model/ids';
import type { PolicyNames, PolicyState } from '@gemel/model/policies';
import type { Instant } from '@gemel/model/time';

export interface PolicyDirectoryQuery {
  /** Policies that name one of these subjects or imports, as `namesIn` has them; absent for all policies. */
  readonly naming?: PolicyNames | undefined;
  /** How their ids begin; empty for any. */
  readonly prefix: string;
  readonly direction: 'asc' | 'desc';
  /** Where in that direction the policies begin, exclusive; absent for all of them. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface DueQuery {
  /** Inclusive. */
  readonly by: Instant;
  /** The last one of the page before. */
  readonly after?: { readonly due: Instant; readonly id: PolicyId } | undefined;
  readonly limit: number;
}

/**
 * Finds policies by whom they name. Read-your-writes: sees every append whose promise has resolved. In the order of
 * their ids by code point, from an index: what a page costs does not depend on how many policies there are.
 */
export interface PolicyDirectory {
  /** Those that exist: deleted ones are left out. */
  find(query: PolicyDirectoryQuery): Promise<readonly PolicyState[]>;
  /** Ids that policies import, whether such a policy exists or not; each once, `limit` at most, in no order. */
  imported(limit: number): Promise<readonly PolicyId[]>;
  /** Policies in which something is due (`dueAt`): what was due first comes first, then by their ids. */
  due(query: DueQuery): Promise<readonly PolicyState[]>;
}
