import type { ThingId } from '@gemel/model/ids';
import type { ThingState } from '@gemel/model/things';

/**
 * What this process remembers of things: states that were committed, each perhaps not the last one any more. Whether it
 * was, an append on it tells: it is refused when another revision came first.
 */
export interface ThingMemory {
  /** Undefined when nothing is remembered. */
  recall(id: ThingId): ThingState | undefined;

  /** The last states of many things as the store has them, in one question: those that there are, by id. */
  refresh(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>>;

  /** As `refresh`, but perhaps without what was committed after the last refresh that has resolved: for those who go on from there. */
  seen(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>>;
}
