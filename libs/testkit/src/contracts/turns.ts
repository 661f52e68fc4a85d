const DEADLINE_MS = 4_000;

/** Lets the event loop run until something is so. @throws Error when that takes longer than 4 s */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    await turns(1);
  }
}

/** Lets everything else that is ready run, so many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
