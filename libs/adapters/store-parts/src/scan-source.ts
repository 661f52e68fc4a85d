import type { ThingQuery } from '@gemel/application/ports';
import type { ThingState } from '@gemel/model/things';

/** Things one by one when they are at hand, with nothing now and then so that others may run; else in portions that are fetched. */
export type Candidates = Iterable<ThingState | undefined> | AsyncIterable<readonly ThingState[]>;

/** A store, as a scan sees it. Others may write meanwhile: each thing is given as it was at the beginning or later. */
export interface ScanSource {
  /** Those that there are of the ids, deleted ones included. */
  withIds(ids: readonly string[]): Candidates;
  /** At least every thing that may match, each once, in no order. Those created meanwhile may be missing. */
  all(query: ThingQuery): Candidates;
  /** Every thing after the id `last`, in the order of the ids. */
  inOrder(last: string): Candidates;
  /** Things to look at in order before looking at `all` is the better way to fill a page; 0 when it always is. */
  inOrderAtMost(query: ThingQuery): number;
}
