import type { Position, RecordedEvent } from '@gemel/application/ports';
import type { Append } from './commit-draft.js';

/** Events kept for those who follow the log, in number: more than the slowest of them gathers. */
const KEPT = 12_000;

/**
 * What this process has committed of late, for those in it who follow the log: they need not read again what was here
 * already. Keeps nothing before somebody has asked.
 */
export class OwnCommits {
  /** In the order of the commits. */
  readonly #events = new Map<Position, RecordedEvent>();
  #isWanted = false;

  /** The appends are in the log from the position on. */
  committed(first: Position, appends: readonly Append[]): void {
    if (!this.#isWanted) return;
    let position = first;
    for (const { changes, events } of appends) {
      for (const [index, { event }] of changes.entries()) {
        this.#events.set(position, { position, event, text: events[index] ?? '' });
        position += 1;
      }
    }
    for (const oldest of this.#events.keys()) {
      if (this.#events.size <= KEPT) break;
      this.#events.delete(oldest);
    }
  }

  /** The events behind a position as far as they are this process' own; undefined when the next one must be looked for in the log. */
  after(position: Position, limit: number): readonly RecordedEvent[] | undefined {
    this.#isWanted = true;
    const found: RecordedEvent[] = [];
    for (let next = position + 1; found.length < limit; next += 1) {
      const recorded = this.#events.get(next);
      if (recorded === undefined) break;
      found.push(recorded);
    }
    return found.length === 0 ? undefined : found;
  }
}
