import { LogThinner, PastStates } from '@gemel/application/past';
import type { RetentionRule } from '@gemel/application/past';
import type { Clock, EventLog, LogRetention, Position, StateArchive } from '@gemel/application/ports';

/** What old events are removed from. */
export interface ThinnedStore {
  readonly log: EventLog;
  readonly archive: StateArchive;
  readonly retention: LogRetention;
  readonly clock: Clock;
}

/** Removes old events. @param consumed up to where all have seen the log who must see all of it */
export function wireThinner(
  store: ThinnedStore,
  rules: readonly RetentionRule[],
  consumed: () => Promise<Position>,
): LogThinner {
  return new LogThinner({ ...store, past: new PastStates(store), consumed }, rules);
}

/** The first of several positions. */
export async function firstOf(positions: readonly Promise<Position>[]): Promise<Position> {
  return Math.min(...(await Promise.all(positions)));
}
