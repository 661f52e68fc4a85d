import type { Position, RecordedEvent } from '@gemel/application/ports';

export interface RecentLimits {
  readonly events: number;
  /** What the events may take in memory. */
  readonly bytes: number;
}

/**
 * The newest events, for readers that keep up: they never touch the disk. Positions in it are contiguous.
 */
export class RecentEvents {
  #events: RecordedEvent[] = [];
  #sizes: number[] = [];
  #bytes = 0;

  /** It may hold twice the limits. */
  constructor(private readonly limits: RecentLimits) {}

  /** @param bytes that the event takes, about */
  add(event: RecordedEvent, bytes: number): void {
    this.#events.push(event);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    // Cut seldom: moving the rest costs as much as it holds.
    if (this.#events.length > 2 * this.limits.events || this.#bytes > 2 * this.limits.bytes) this.#cut();
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
    for (let index = 0; index < start; index++) this.#bytes -= this.#sizes[index] ?? 0;
    for (; this.#bytes > this.limits.bytes && start < this.#events.length; start++) {
      this.#bytes -= this.#sizes[start] ?? 0;
    }
    this.#events = this.#events.slice(start);
    this.#sizes = this.#sizes.slice(start);
  }
}
