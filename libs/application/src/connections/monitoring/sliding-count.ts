import type { Instant } from '@gemel/model/time';

/** Ditto's periods, as ISO 8601 has them. */
export const PERIODS = ['PT1M', 'PT1H', 'PT24H'] as const;
export type Period = (typeof PERIODS)[number];

/** Each period in so many steps: what is shown is up to one step too much. */
const WINDOWS: Readonly<Record<Period, { readonly stepMs: number; readonly steps: number }>> = {
  PT1M: { stepMs: 5_000, steps: 12 },
  PT1H: { stepMs: 60_000, steps: 60 },
  PT24H: { stepMs: 900_000, steps: 96 },
};

/** What is told of one kind of messages. */
export type Measurement = Readonly<Record<Period, number>> & { readonly lastMessageAt: Instant | undefined };

/** What happens in one step of the shortest is in one step of each: they begin together. */
const SHORTEST_STEP_MS = Math.min(...PERIODS.map((period) => WINDOWS[period].stepMs));

/** Counts what happened in the last minute, hour and day, each in a ring of steps; takes no room before the first. */
export class SlidingCount {
  #rings: readonly Ring[] | undefined;
  #last: Instant | undefined;
  /** What happened in the present step and is in no ring yet: several are counted for each message. */
  #pending = 0;
  #stepEnds = -Infinity;

  add(now: Instant): void {
    if (now >= this.#stepEnds) {
      this.#flush();
      this.#stepEnds = (Math.floor(now / SHORTEST_STEP_MS) + 1) * SHORTEST_STEP_MS;
    }
    this.#pending++;
    this.#last = now;
  }

  measure(now: Instant): Measurement {
    this.#flush();
    const [minute = 0, hour = 0, day = 0] = this.#rings?.map((ring) => ring.sum(now)) ?? [];
    return { PT1M: minute, PT1H: hour, PT24H: day, lastMessageAt: this.#last };
  }

  #flush(): void {
    if (this.#pending === 0) return;
    this.#rings ??= PERIODS.map((period) => new Ring(WINDOWS[period].stepMs, WINDOWS[period].steps));
    for (const ring of this.#rings) ring.add(this.#stepEnds - 1, this.#pending);
    this.#pending = 0;
  }
}

class Ring {
  readonly #counts: Uint32Array;
  /** Number of the step that the last count was in. */
  #step = 0;

  constructor(
    private readonly stepMs: number,
    steps: number,
  ) {
    this.#counts = new Uint32Array(steps);
  }

  add(now: Instant, count: number): void {
    this.#moveTo(now);
    const index = this.#step % this.#counts.length;
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
  }

  sum(now: Instant): number {
    this.#moveTo(now);
    let sum = 0;
    for (const count of this.#counts) sum += count;
    return sum;
  }

  /** A clock that goes back stays in the present step. */
  #moveTo(now: Instant): void {
    const step = Math.floor(now / this.stepMs);
    const { length } = this.#counts;
    if (step - this.#step >= length) this.#counts.fill(0);
    else for (let passed = this.#step + 1; passed <= step; passed++) this.#counts[passed % length] = 0;
    this.#step = Math.max(step, this.#step);
  }
}
