import type { Timers } from '../ports/index.js';

/** Wakes the worker of this process when a job begins to wait here; those of other processes it finds when it looks. */
export class WorkBell {
  #rung = new AbortController();

  ring(): void {
    this.#rung.abort();
  }

  /** Resolves when it rings, or has rung since the last rest, after `ms` at the latest, or when `stopped` aborts. */
  async rest(ms: number, timers: Timers, stopped: AbortSignal): Promise<void> {
    if (stopped.aborted) return;
    const ring = () => {
      this.ring();
    };
    stopped.addEventListener('abort', ring, { once: true });
    await timers.sleep(ms, this.#rung.signal);
    stopped.removeEventListener('abort', ring);
    this.#rung = new AbortController();
  }
}
