import type { Position, RecordedEvent } from '@gemel/application/ports';
import { parseEvent } from './state-codec.js';

export interface RecentLimits {
  readonly events: number;
  /** Of the events as JSON texts, in UTF-16 code units. */
  readonly length: number;
  /** Of those that are kept parsed, at least: readers that keep up take these. Whole commits are. */
  readonly parsed: number;
}

/**
 * The newest events, for readers that keep up: they never touch the disk. Positions in it are contiguous. All but the very
 * newest are kept as texts: as objects they would be old by the time they are dropped, and what is old costs pauses.
 */
export class RecentEvents {
  #first: Position = 1;
  #texts: string[] = [];
  #length = 0;
  /** The last of them. */
  #parsed: readonly RecordedEvent[] = [];

  /** It may hold twice the limits, and one commit more that is parsed. */
  constructor(private readonly limits: RecentLimits) {}

  /** @param events of one commit @param texts as JSON, of each */
  add(events: readonly RecordedEvent[], texts: readonly string[]): void {
    if (this.#texts.length === 0) this.#first = events[0]?.position ?? this.#first;
    for (const text of texts) {
      this.#texts.push(text);
      this.#length += text.length;
    }
    this.#parsed = this.#parsed.length < this.limits.parsed ? [...this.#parsed, ...events] : events;
    // Cut seldom: moving the rest costs as much as it holds.
    if (this.#texts.length > 2 * this.limits.events || this.#length > 2 * this.limits.length) this.#cut();
  }

  /** What follows a position; undefined when that reaches further back than is held. */
  after(position: Position, limit: number): readonly RecordedEvent[] | undefined {
    if (this.#texts.length === 0 || position + 1 < this.#first) return undefined;
    const start = position + 1 - this.#first;
    const parsedFrom = this.#texts.length - this.#parsed.length;
    return this.#texts
      .slice(start, start + limit)
      .map(
        (text, index) =>
          this.#parsed[start + index - parsedFrom] ?? { position: position + 1 + index, event: parseEvent(text) },
      );
  }

  #cut(): void {
    let start = Math.max(0, this.#texts.length - this.limits.events);
    for (let index = 0; index < start; index++) this.#length -= this.#texts[index]?.length ?? 0;
    for (; this.#length > this.limits.length && start < this.#texts.length; start++) {
      this.#length -= this.#texts[start]?.length ?? 0;
    }
    this.#first += start;
    this.#texts = this.#texts.slice(start);
    const tooMany = this.#parsed.length - this.#texts.length;
    if (tooMany > 0) this.#parsed = this.#parsed.slice(tooMany);
  }
}
