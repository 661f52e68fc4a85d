interface Job {
  readonly run: () => Promise<void>;
}

/** Runs jobs some at a time; those of one group one after the other, in the order of the calls. */
export class Lanes {
  readonly #lanes: { readonly waiting: Job[]; isBusy: boolean }[];
  #size = 0;

  constructor(count: number) {
    this.#lanes = Array.from({ length: count }, () => ({ waiting: [], isBusy: false }));
  }

  /** Jobs that wait or run. */
  get size(): number {
    return this.#size;
  }

  run<Result>(group: string, job: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes[hash(group) % this.#lanes.length];
    if (lane === undefined) return job();
    this.#size++;
    return new Promise<Result>((resolve, reject) => {
      const run = async (): Promise<void> => {
        try {
          resolve(await job());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        } finally {
          this.#size--;
        }
      };
      lane.waiting.push({ run });
      if (!lane.isBusy) void work(lane);
    });
  }
}

async function work(lane: { readonly waiting: Job[]; isBusy: boolean }): Promise<void> {
  lane.isBusy = true;
  for (let next = lane.waiting.shift(); next !== undefined; next = lane.waiting.shift()) await next.run();
  lane.isBusy = false;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
