import type { Position, RecordedEvent } from '../ports/index.js';

/** Events that the other side has, of a batch that comes again for others of it. */
export class TakenEvents {
  readonly #positions = new Set<Position>();

  has(position: Position): boolean {
    return this.#positions.has(position);
  }

  /**
   * @param tried all that were published, or need not be
   * @param failed those that must come again: with them all of the same thing that follows, or that would be older than it in the end
   */
  keep(tried: readonly RecordedEvent[], failed: readonly Position[]): void {
    const first = new Map<string, Position>();
    for (const { event, position } of tried) {
      if (failed.includes(position)) first.set(event.id, Math.min(position, first.get(event.id) ?? position));
    }
    for (const { event, position } of tried) {
      if (position < (first.get(event.id) ?? Infinity)) this.#positions.add(position);
    }
  }

  /** Up to there nothing comes again. */
  forget(position: Position): void {
    for (const each of this.#positions) if (each <= position) this.#positions.delete(each);
  }
}
