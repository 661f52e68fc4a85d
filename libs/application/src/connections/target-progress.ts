import type { Clock } from '../ports/index.js';

/** What keeps a target from publishing, as its status says it. */
export interface Hindrance {
  /** Undefined when the other side is only slow. */
  readonly status?: 'unknown' | 'failed';
  readonly statusDetails: string;
}

/** Without a confirmation for so long the other side is said to be slow, in milliseconds. */
const SLOW_MS = 5_000;

/** How a target gets on with what it has to publish. */
export class TargetProgress {
  #isPlaced = false;
  #underWay = 0;
  /** When the other side last took something, or was first asked to, in milliseconds since 1970. */
  #since = 0;
  /** Why it did not take what it was last asked to take. */
  #failure: string | undefined;

  constructor(private readonly clock: Clock) {}

  /** Whether nothing that happens from now on is missed. */
  get isPlaced(): boolean {
    return this.#isPlaced;
  }

  placed(): void {
    this.#isPlaced = true;
  }

  sent(): void {
    if (this.#underWay++ === 0) this.#since = this.clock.now();
  }

  /** @param failure undefined when that is done with, taken or not */
  answered(failure: string | undefined): void {
    this.#underWay--;
    this.#failure = failure;
    if (failure === undefined) this.#since = this.clock.now();
  }

  hindrance(): Hindrance | undefined {
    if (!this.#isPlaced) return { status: 'unknown', statusDetails: 'waits for its place among the events' };
    if (this.#failure !== undefined)
      return { status: 'failed', statusDetails: `waits, and tries again: ${this.#failure}` };
    const silentMs = this.#underWay === 0 ? 0 : this.clock.now() - this.#since;
    if (silentMs < SLOW_MS) return undefined;
    const [seconds, messages] = [Math.floor(silentMs / 1_000), this.#underWay];
    return {
      statusDetails: `waits for the other side, which has confirmed nothing for ${String(seconds)} s; ${String(messages)} messages are on their way`,
    };
  }
}
