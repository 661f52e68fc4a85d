import type { Position } from '@gemel/application/ports';

/** Positions of the log that were seen: all up to one, and ranges behind gaps that are still to be closed. */
export class SeenPositions {
  /** From first to last position, behind the first gap. */
  readonly #beyond = new Map<Position, Position>();

  constructor(private upTo: Position = 0) {}

  /** Up to here there is nothing that was not seen, and never will be. */
  get end(): Position {
    return this.upTo;
  }

  /** Last positions of the ranges behind the first gap. */
  get beyond(): readonly Position[] {
    return [...this.#beyond.values()];
  }

  /** How many ranges there are behind the first gap. */
  get ranges(): number {
    return this.#beyond.size;
  }

  saw(first: Position, last: Position): void {
    if (last <= this.upTo) return;
    this.#beyond.set(first, Math.max(this.#beyond.get(first) ?? 0, last));
    if (first <= this.upTo + 1) this.#close();
  }

  /** Everything up to a position counts as seen. */
  skip(to: Position): void {
    if (to <= this.upTo) return;
    this.upTo = to;
    this.#close();
  }

  /** Takes in what the ranges behind make one piece of. */
  #close(): void {
    for (let hasMoved = true; hasMoved;) {
      hasMoved = false;
      for (const [first, last] of this.#beyond) {
        if (first > this.upTo + 1) continue;
        this.#beyond.delete(first);
        if (last <= this.upTo) continue;
        this.upTo = last;
        hasMoved = true;
      }
    }
  }
}
