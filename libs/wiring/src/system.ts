import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock, IdSource, Timers } from '@gemel/application/ports';

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() };

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  },
};

export const randomIds: IdSource = { uuid: () => randomUUID() };
