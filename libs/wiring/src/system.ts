import { randomUUID } from 'node:crypto';
import type { Clock, IdSource } from '@gemel/application/ports';

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() };

export const randomIds: IdSource = { uuid: () => randomUUID() };
