import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, IdSource, Timers } from '@gemel/application/ports';

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() };

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    // A replica that holds many leases sleeps as often until its one end: no leak.
    setMaxListeners(0, signal);
    await pause(ms, undefined, { signal }).catch(() => undefined);
  },
};

export const randomIds: IdSource = { uuid: () => randomUUID() };
