const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const NAME = 'gemel_http_request_duration_seconds';

/** Requests of one route with one method and one status. */
interface Series {
  /** As Prometheus text. */
  readonly labels: string;
  /** By bucket; the last one is above all bounds. Not cumulative. */
  readonly counts: number[];
  seconds: number;
}

/** Counts a request. */
export type Observe = (method: string, status: number, ms: number) => void;

/** A histogram by route that costs a request a fraction of what prom-client's does. */
export class RequestDurations {
  readonly #series: Series[] = [];

  /** Counts the requests of one route. */
  ofRoute(route: string): Observe {
    const byMethod = new Map<string, Map<number, Series>>();
    return (method, status, ms) => {
      const seconds = ms / 1_000;
      let series = byMethod.get(method)?.get(status);
      if (series === undefined) {
        series = this.#add(`method="${method}",route="${route}",status="${status}"`);
        byMethod.set(method, (byMethod.get(method) ?? new Map<number, Series>()).set(status, series));
      }
      let bucket = 0;
      while (seconds > (BOUNDS[bucket] ?? Infinity)) bucket++;
      series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
      series.seconds += seconds;
    };
  }

  /** In Prometheus' text format. */
  text(): string {
    return [
      `# HELP ${NAME} From the parsed request head to the handed-over answer.`,
      `# TYPE ${NAME} histogram`,
      ...this.#series.flatMap(linesOf),
      '',
    ].join('\n');
  }

  #add(labels: string): Series {
    const series = { labels, counts: Array<number>(BOUNDS.length + 1).fill(0), seconds: 0 };
    this.#series.push(series);
    return series;
  }
}

function linesOf({ labels, counts, seconds }: Series): readonly string[] {
  let total = 0;
  const buckets = counts.map((count, bucket) => {
    total += count;
    return `${NAME}_bucket{${labels},le="${BOUNDS[bucket] ?? '+Inf'}"} ${total}`;
  });
  return [...buckets, `${NAME}_sum{${labels}} ${seconds}`, `${NAME}_count{${labels}} ${total}`];
}
