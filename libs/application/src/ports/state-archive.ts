import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import type { Instant } from '@gemel/model/time';

/** A state is kept at each revision that is a multiple of this: rebuilding one reads no more events. */
export const ARCHIVED_EVERY = 100;

/** Which kept state: the newest one that fulfils both. */
export interface ArchiveBound {
  /** Of the state, at most. */
  readonly revision: number;
  /** When the state came to be, exclusive; any time when absent. */
  readonly before?: Instant | undefined;
}

/**
 * States that entities had, from which those in between are rebuilt with the events of the log. An append keeps the
 * states that are due, at the latest when its promise resolves.
 */
export interface StateArchive {
  /** Undefined when none is kept: then events are there from the first one on, or not at all. */
  pastThing(id: ThingId, bound: ArchiveBound): Promise<ThingState | undefined>;
  pastPolicy(id: PolicyId, bound: ArchiveBound): Promise<PolicyState | undefined>;
}
