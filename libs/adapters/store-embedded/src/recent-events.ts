import type { Position, RecordedEvent } from '@gemel/application/ports';

/**
 * The newest events, for readers that keep up: they never touch the disk. Positions in it are contiguous.
 */
export class RecentEvents {
  #events: RecordedEvent[] = [];

  constructor(private readonly capacity: number) {}

  add(events: readonly RecordedEvent[]): void {
    for (const event of events) this.#events.push(event);
    // Cut seldom: moving the rest costs as much as it holds.
    if (this.#events.length > 2 * this.capacity) this.#events = this.#events.slice(-this.capacity);
  }

  /** What follows a position; undefined when that reaches further back than is held. */
  after(position: Position, limit: number): readonly RecordedEvent[] | undefined {
    const first = this.#events[0];
    if (first === undefined || position + 1 < first.position) return undefined;
    const start = position + 1 - first.position;
    return this.#events.slice(start, start + limit);
  }
}
