import { hopDelays, parseHops } from '@gemel/model/hops';
import type { HopDelay } from '@gemel/model/hops';

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
/** Pairs of hops that are told apart; messages with further ones are not counted. */
const MAX_PAIRS = 50;

/** How long messages took between two hops. */
export interface HopHistogram {
  readonly from: string;
  readonly to: string;
  /** By upper bound in seconds, those below included; `+Inf` is all. */
  readonly buckets: readonly { readonly le: string; readonly count: number }[];
  /** In seconds. */
  readonly sum: number;
  readonly count: number;
}

interface Counted {
  readonly from: string;
  readonly to: string;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Histograms of the way that messages came, by their header `hops`. Clocks that do not agree make no time below 0. */
export class HopLatencies {
  readonly #pairs = new Map<string, Counted>();

  /** @param hops the header's text */
  observe(hops: string): void {
    for (const delay of hopDelays(parseHops(hops))) this.#count(delay);
  }

  histograms(): readonly HopHistogram[] {
    return [...this.#pairs.values()].map(({ from, to, counts, sum, count }) => ({
      from,
      to,
      buckets: [
        ...BOUNDS.map((bound, index) => ({ le: String(bound), count: counts[index] ?? 0 })),
        { le: '+Inf', count },
      ],
      sum,
      count,
    }));
  }

  #count({ from, to, ms }: HopDelay): void {
    const key = `${from},${to}`;
    let counted = this.#pairs.get(key);
    if (counted === undefined) {
      if (this.#pairs.size >= MAX_PAIRS) return;
      counted = { from, to, counts: BOUNDS.map(() => 0), sum: 0, count: 0 };
      this.#pairs.set(key, counted);
    }
    const seconds = Math.max(0, ms) / 1_000;
    counted.sum += seconds;
    counted.count++;
    for (const [index, bound] of BOUNDS.entries()) {
      if (seconds <= bound) counted.counts[index] = (counted.counts[index] ?? 0) + 1;
    }
  }
}
