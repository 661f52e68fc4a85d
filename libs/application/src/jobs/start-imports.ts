import { inBackground } from '../background/index.js';
import type { Logger, Subscription, Timers } from '../ports/index.js';
import type { ImportWorker } from './import-worker.js';

/** Between looks for work that other processes have taken in. */
const PAUSE_MS = 1_000;

/** Does imports until it is stopped; a portion that is under way is finished. @param isHeld whether it is this process' work */
export function startImports(
  worker: Pick<ImportWorker, 'next' | 'rest'>,
  timers: Timers,
  log: Logger,
  isHeld: () => boolean = () => true,
): Subscription {
  return inBackground(async (stopped) => {
    const goesOn = (): boolean => !stopped.aborted && isHeld();
    while (!stopped.aborted) {
      const isMore =
        isHeld() &&
        (await worker.next(goesOn).catch((error: unknown) => {
          log.warn({ error }, 'an import cannot go on now; it is tried again');
          return false;
        }));
      if (!isMore) await worker.rest(PAUSE_MS, timers, stopped);
    }
  });
}
