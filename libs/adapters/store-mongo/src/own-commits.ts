import type { Position, RecordedEvent } from '@gemel/application/ports';
import type { Append } from './commit-draft.js';

/** Events kept for those who follow the log, in number. */
const KEPT = 5_000;

/**
 * What this process has committed of late, for those in it who follow the log: they need not read again what was here
 * already. Keeps nothing before somebody has asked.
 */
export class OwnCommits {
  /** In the order of the commits; undefined while the states are being written. */
  readonly #events = new Map<Position, RecordedEvent | undefined>();
  #isWanted = false;

  /** The appends are in the log from the position on, and their states are not written yet. */
  began(first: Position, appends: readonly Append[]): void {
    if (!this.#isWanted) return;
    const count = appends.reduce((sum, { events }) => sum + events.length, 0);
    for (let position = first; position < first + count; position += 1) this.#events.set(position, undefined);
  }

  /** The states are written, too. */
  settled(first: Position, appends: readonly Append[]): void {
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

  /** What became of the states is not known: whoever wants to know looks into the store. */
  forget(first: Position, appends: readonly Append[]): void {
    const count = appends.reduce((sum, { events }) => sum + events.length, 0);
    for (let position = first; position < first + count; position += 1) this.#events.delete(position);
  }

  /**
   * The events behind a position as far as they are this process' own; none when the next one's state is still being
   * written; undefined when it must be looked for in the log.
   */
  after(position: Position, limit: number): readonly RecordedEvent[] | undefined {
    this.#isWanted = true;
    const found: RecordedEvent[] = [];
    for (let next = position + 1; found.length < limit; next += 1) {
      const recorded = this.#events.get(next);
      if (recorded === undefined) return found.length > 0 || this.#events.has(next) ? found : undefined;
      found.push(recorded);
    }
    return found;
  }
}
