import { inBackground } from '../background/index.js';
import type { Logger, Subscription, Timers } from '../ports/index.js';
import type { LogThinner } from './log-thinner.js';

/** Between two steps while there is work: others come in between. */
const BREATH_MS = 20;
/** Between looks whether something has become old. */
const PAUSE_MS = 60_000;

/** Lets a thinner do its steps until it is stopped. What fails is tried again at the next look. */
export function startThinning(thinner: Pick<LogThinner, 'step'>, timers: Timers, log: Logger): Subscription {
  return inBackground(async (stopped) => {
    while (!stopped.aborted) {
      const isMore = await thinner.step().catch((error: unknown) => {
        log.warn({ error }, 'could not remove old events from the log; tries again in a minute');
        return false;
      });
      await timers.sleep(isMore ? BREATH_MS : PAUSE_MS, stopped);
    }
  });
}
