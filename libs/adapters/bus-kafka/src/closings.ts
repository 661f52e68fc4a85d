import { withDeadline } from './deadline.js';

const CLOSE_MS = 3_000;

/** Connections on their way out. */
export class Closings {
  readonly #underWay = new Set<Promise<void>>();

  /** Disconnects, and once more when `last` has settled: kafkajs connects again for what it is still trying. */
  add(disconnect: () => Promise<void>, last: Promise<unknown>): void {
    const closing: Promise<void> = this.#close(disconnect, last).finally(() => this.#underWay.delete(closing));
    this.#underWay.add(closing);
  }

  /** Resolves when all are closed, or after 3 s; the rest follow. */
  async settled(): Promise<void> {
    await withDeadline(Promise.all(this.#underWay), CLOSE_MS, 'closing connections').catch(() => undefined);
  }

  async #close(disconnect: () => Promise<void>, last: Promise<unknown>): Promise<void> {
    // A connection that cannot be closed is broken already.
    await disconnect().catch(() => undefined);
    await last.catch(() => undefined);
    await disconnect().catch(() => undefined);
  }
}
