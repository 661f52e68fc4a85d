/** Calls in a row that may run into the limit before the script is left alone. */
const TRIES = 3;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;

/**
 * Keeps a script that always runs into its limit from taking the processor from everybody else: after three times in a row
 * it is not run for a while, and for twice as long each time that it has learned nothing.
 */
export class Patience {
  #failures = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #until = 0;

  /** How long it is still left alone, in milliseconds; 0 when it may run. */
  remaining(now: number): number {
    return Math.max(0, this.#until - now);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  exhausted(now: number): void {
    this.#failures++;
    if (this.#failures < TRIES) return;
    this.#until = now + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }
}
