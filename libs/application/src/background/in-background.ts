import type { Subscription } from '../ports/index.js';

/** Runs what goes on until its signal aborts: `stop` aborts it, and resolves when it has ended. */
export function inBackground(run: (stopped: AbortSignal) => Promise<void>): Subscription {
  const stopped = new AbortController();
  const running = run(stopped.signal);
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
