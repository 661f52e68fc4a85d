const PAUSE_MS = 20;

/** Resolves with the first value that `accept` takes; rejects with the last one after the deadline. */
export async function eventually<T>(
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  deadlineMs = 10_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (performance.now() > end) throw new Error(`not within ${String(deadlineMs)} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
