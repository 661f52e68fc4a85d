import { MetricTally } from '@gemel/model/operator-metrics';
import type { MetricSeries, OperatorMetric } from '@gemel/model/operator-metrics';
import { inBackground } from '../background/index.js';
import type { Logger, Meter, Subscription, Timers } from '../ports/index.js';
import type { SearchService } from '../search/index.js';

export interface OperatorMetricsBounds {
  /** Milliseconds from the end of a count to the next, where the metric does not say. */
  readonly intervalMs: number;
  /** Most series of one metric. */
  readonly maxSeries: number;
}

export interface OperatorMetricsParts {
  readonly search: Pick<SearchService, 'visitAll'>;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Until a count that failed is tried again, in milliseconds at most. */
const RETRY_MS = 30_000;
const MS_PER_SECOND = 1_000;

/** What is known of one metric. */
interface Watched {
  readonly metric: OperatorMetric;
  /** By the timers. */
  due: number;
  last: { readonly series: readonly MetricSeries[]; readonly leftOut: number; readonly at: number } | undefined;
}

/**
 * Counts the things that operators' metrics tell of, whoever may read them, one metric after the other. The numbers are
 * those of the last count that succeeded; there are none when it does not run, so that of several replicas one shows them.
 */
export class OperatorMetrics {
  readonly #watched: readonly Watched[];

  constructor(
    metrics: readonly OperatorMetric[],
    private readonly bounds: OperatorMetricsBounds,
    private readonly parts: OperatorMetricsParts,
  ) {
    this.#watched = metrics.map((metric) => ({ metric, due: 0, last: undefined }));
  }

  get isEmpty(): boolean {
    return this.#watched.length === 0;
  }

  /** Counts at once, and then now and then until it is stopped. */
  start(): Subscription {
    const running = inBackground((stopped) => this.#run(stopped));
    return {
      stop: async () => {
        await running.stop();
        for (const watched of this.#watched) {
          watched.last = undefined;
          watched.due = 0;
        }
      },
    };
  }

  get meters(): readonly Meter[] {
    if (this.isEmpty) return [];
    const ofEach = (value: (last: NonNullable<Watched['last']>) => number) => () =>
      this.#watched.flatMap(({ metric, last }) =>
        last === undefined ? [] : [{ labels: { metric: metric.name }, value: value(last) }],
      );
    return [
      ...this.#watched.map(meterOf),
      {
        name: 'gemel_operator_metric_age_seconds',
        help: 'Time since the things of a metric of GEMEL_OPERATOR_METRICS were counted.',
        kind: 'gauge',
        labels: ['metric'],
        read: ofEach(({ at }) => (this.parts.timers.now() - at) / MS_PER_SECOND),
      },
      {
        name: 'gemel_operator_metric_things_left_out',
        help: 'Things that are in no series, because their metric has GEMEL_OPERATOR_METRICS_MAX_SERIES of them.',
        kind: 'gauge',
        labels: ['metric'],
        read: ofEach(({ leftOut }) => leftOut),
      },
    ];
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { timers } = this.parts;
    while (!signal.aborted) {
      const [next] = this.#watched.toSorted((a, b) => a.due - b.due);
      if (next === undefined) return;
      if (next.due > timers.now()) await timers.sleep(next.due - timers.now(), signal);
      else next.due = timers.now() + (await this.#refresh(next, signal));
    }
  }

  /** Answers how long it is good for, in milliseconds. */
  async #refresh(watched: Watched, signal: AbortSignal): Promise<number> {
    const { metric, last } = watched;
    const intervalMs = metric.intervalMs ?? this.bounds.intervalMs;
    try {
      const tally = new MetricTally(metric, { maxSeries: this.bounds.maxSeries, before: last?.series ?? [] });
      await this.#count(metric, tally, signal);
      if (tally.leftOut > 0 && (last?.leftOut ?? 0) === 0) this.#warnOf(metric, tally.leftOut);
      watched.last = { series: tally.series, leftOut: tally.leftOut, at: this.parts.timers.now() };
      return intervalMs;
    } catch (error) {
      if (!signal.aborted)
        this.parts.log.warn({ error, metric: metric.name }, 'could not count the things of a metric; tries again');
      return Math.min(intervalMs, RETRY_MS);
    }
  }

  #count(metric: OperatorMetric, tally: MetricTally, signal: AbortSignal): Promise<void> {
    return this.parts.search.visitAll(
      metric,
      (state) => {
        tally.add(state);
      },
      () => {
        signal.throwIfAborted();
      },
    );
  }

  #warnOf({ name }: OperatorMetric, leftOut: number): void {
    const { maxSeries } = this.bounds;
    this.parts.log.warn(
      { metric: name, maxSeries, leftOut },
      'a metric has more series than GEMEL_OPERATOR_METRICS_MAX_SERIES; group its things by something with fewer values',
    );
  }
}

function meterOf(watched: Watched): Meter {
  const { name, tags } = watched.metric;
  return {
    name,
    help: 'Things that a search of GEMEL_OPERATOR_METRICS finds.',
    kind: 'gauge',
    labels: [...tags.keys()],
    read: () => watched.last?.series ?? [],
  };
}
