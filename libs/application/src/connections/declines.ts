import type { Clock, MessageNotTaken, Position } from '../ports/index.js';

/** How often the other side is asked to take a message that it says it could take later: some ten seconds. */
const MOST_TRIES = 8;
/** For at least so long where it may be about all of them: half of what is behind it may be away. In milliseconds. */
const DOUBT_MS = 60_000;

interface Declined {
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly since: number;
  /** How many messages had been taken by then. */
  readonly taken: number;
}

/** What the other side has said that it does not take now, by the positions of the events. */
export class Declines {
  readonly #declined = new Map<Position, Declined>();

  constructor(private readonly clock: Clock) {}

  /**
   * Whether to give it up: who answers is there, and what it goes on declining must not hold up all that follows. When it is full, or
   * nothing else gets through either, it would take nothing of that.
   * @param taken messages since the start
   */
  isEnough(position: Position, { concerns }: MessageNotTaken, taken: number): boolean {
    if (concerns === 'all') return false;
    const now = this.clock.now();
    const { tries, since, ...before } = this.#declined.get(position) ?? { tries: 0, since: now, taken: -1 };
    if (concerns === 'perhaps all' && taken === before.taken) return false;
    this.#declined.set(position, { tries: tries + 1, since, taken });
    return tries + 1 >= MOST_TRIES && (concerns === 'this one' || now - since >= DOUBT_MS);
  }

  /** Up to there nothing comes again. */
  forget(position: Position): void {
    for (const each of this.#declined.keys()) if (each <= position) this.#declined.delete(each);
  }
}
