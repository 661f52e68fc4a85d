/** Long enough for a busy machine, and shorter than a test may take: then the last value is told. */
const DEADLINE_MS = 25_000;
const PAUSE_MS = 20;
/** Whoever waits long looks less often: so much later than it could be is noticed what has come. */
const LATER_BY = 0.1;
const LONGEST_PAUSE_MS = 250;

/** Resolves with the first value that `accept` takes; rejects with the last one after the deadline. */
export async function eventually<T>(
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    const waited = performance.now() - start;
    if (waited > deadlineMs) throw new Error(`not within ${String(deadlineMs)} ms; last: ${JSON.stringify(value)}`);
    const later = Math.min(Math.max(PAUSE_MS, waited * LATER_BY), LONGEST_PAUSE_MS);
    await new Promise((resolve) => setTimeout(resolve, later));
  }
}
