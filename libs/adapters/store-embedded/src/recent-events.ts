import type { Position, RecordedEvent } from '@gemel/application/ports';

export interface RecentLimits {
  readonly events: number;
  /** Of the events as JSON texts, in UTF-16 code units. */
  readonly length: number;
}

/**
 * The newest events, for readers that keep up: they never touch the disk. Positions in it are contiguous.
 */
export class RecentEvents {
  #events: RecordedEvent[] = [];
  #lengths: number[] = [];
  #length = 0;

  /** It may hold twice the limits. */
  constructor(private readonly limits: RecentLimits) {}

  /** @param length of the event as JSON text */
  add(event: RecordedEvent, length: number): void {
    this.#events.push(event);
    this.#lengths.push(length);
    this.#length += length;
    // Cut seldom: moving the rest costs as much as it holds.
    if (this.#events.length > 2 * this.limits.events || this.#length > 2 * this.limits.length) this.#cut();
  }

  /** What follows a position; undefined when that reaches further back than is held. */
  after(position: Position, limit: number): readonly RecordedEvent[] | undefined {
    const first = this.#events[0];
    if (first === undefined || position + 1 < first.position) return undefined;
    const start = position + 1 - first.position;
    return this.#events.slice(start, start + limit);
  }

  #cut(): void {
    let start = Math.max(0, this.#events.length - this.limits.events);
    for (let index = 0; index < start; index++) this.#length -= this.#lengths[index] ?? 0;
    for (; this.#length > this.limits.length && start < this.#events.length; start++) {
      this.#length -= this.#lengths[start] ?? 0;
    }
    this.#events = this.#events.slice(start);
    this.#lengths = this.#lengths.slice(start);
  }
}
