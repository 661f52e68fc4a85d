import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';

/** A state of the past, on which the events after it build. */
export type BaseState =
  | { readonly entity: 'thing'; readonly id: ThingId; readonly state: ThingState }
  | { readonly entity: 'policy'; readonly id: PolicyId; readonly state: PolicyState };

/**
 * Takes old events out of the log. Whatever was removed, positions stay as they are, `read` gives what is left, and the last
 * event of the log stays.
 */
export interface LogRetention {
  /**
   * Keeps the states, and removes their entities' events up to the revisions of the states, and the states kept before.
   * All or nothing for each entity; the same again does nothing. Answers how many events were removed.
   * @throws StoreUnavailable
   */
  forget(bases: readonly BaseState[]): Promise<number>;
}
