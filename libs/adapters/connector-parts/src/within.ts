import { setTimeout as delay } from 'node:timers/promises';

/** Resolves or rejects with the promise; @throws Error when that takes longer. */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const ended = new AbortController();
  const late = delay(ms, undefined, { signal: ended.signal }).then(
    () => {
      throw new Error(`${what} took longer than ${Math.ceil(ms / 1_000)} s`);
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
