import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Repeats `attempt` until it does not throw, and answers what it answers. Gives up after `seconds`, or as soon as
 * `stillHopeful()` is false; the last attempt's reason is the cause.
 */
export async function waitUntil(label, attempt, { seconds, stillHopeful = () => true }) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const hopeful = stillHopeful();
    try {
      return await attempt();
    } catch (cause) {
      if (!hopeful) throw new Error(`${label}: it has ended by itself`, { cause });
      if (performance.now() > deadline)
        throw new Error(`${label}: not within ${seconds} s (${reason(cause)})`, { cause });
    }
    await pause(POLL_MS);
  }
}

/** Rejects when `promise` takes longer; what it was about goes on and is to be closed by the caller. */
export async function within(seconds, label, promise) {
  const stop = new AbortController();
  const late = pause(seconds * 1000, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${label} took longer than ${seconds} s`);
  });
  late.catch(() => undefined); // its end when the promise was in time
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

function reason(error) {
  return error.errors?.[0]?.message || error.cause?.message || error.message;
}
