import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 4_000;
/** Looks without a pause; whoever waits longer waits for another program, which needs the processor. */
const QUICK_TURNS = 500;
const PAUSE_MS = 2;

/** Lets the event loop run until something is so. @throws Error when that takes longer than the deadline, 4 s */
export async function until(condition: () => boolean, deadlineMs = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (let turn = 0; !condition(); turn += 1) {
    if (performance.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    if (turn < QUICK_TURNS) await turns(1);
    else await delay(PAUSE_MS);
  }
}

/** Lets everything else that is ready run, so many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
