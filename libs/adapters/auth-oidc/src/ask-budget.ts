/** Asked for at once, and how soon one more may be. */
const BURST = 10;
const REFILL_MS = 1_000;

/** How often an issuer may be asked: strangers can send any number of tokens with keys that nobody knows. */
export class AskBudget {
  #left = BURST;
  #since: number;

  constructor(private readonly now: () => number) {
    this.#since = now();
  }

  /** Whether it may be asked now; then it counts as asked. */
  take(): boolean {
    const now = this.now();
    // A clock that was set back gives nothing, and takes nothing away.
    const refills = Math.max(0, Math.floor((now - this.#since) / REFILL_MS));
    this.#left = Math.min(BURST, this.#left + refills);
    this.#since = now < this.#since ? now : this.#since + refills * REFILL_MS;
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
