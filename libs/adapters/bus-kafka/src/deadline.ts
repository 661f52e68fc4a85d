import { setTimeout as delay } from 'node:timers/promises';

/** Kafka did not do what it was asked for, or not in time; trying again later may help. */
export class KafkaUnavailable extends Error {
  override readonly name = 'KafkaUnavailable';
}

/** @throws KafkaUnavailable the time is up; what the promise does then is heeded no more */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const ended = new AbortController();
  const late = delay(ms, undefined, { signal: ended.signal }).then(
    () => {
      throw new KafkaUnavailable(`${what} took longer than ${ms} ms`);
    },
    () => promise,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    ended.abort();
    late.catch(() => undefined);
  }
}

/** Resolves with the promise, or when the signal aborts; what the promise does then is heeded no more. */
export async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const ended = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { signal: ended.signal },
    );
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    ended.abort();
  }
}

/** Resolves after the time, or when the signal aborts. */
export async function pauseOfNode(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Pauses between attempts: 100 ms, then twice as long each time, 5 s at most. */
export class BackOff {
  #next = FIRST_PAUSE_MS;

  /** In milliseconds. */
  next(): number {
    const pause = this.#next;
    this.#next = Math.min(2 * pause, LONGEST_PAUSE_MS);
    return pause;
  }

  reset(): void {
    this.#next = FIRST_PAUSE_MS;
  }
}
