import type {
  Aggregate,
  HistoryStore,
  Point,
  PointValue,
  Position,
  Sample,
  Series,
  SeriesFilter,
  TimeRange,
  Window,
} from '@gemel/application/ports';

interface Held {
  readonly series: Series;
  readonly samples: Map<number, PointValue>;
}

/** Time series in memory, computed the plainest way. */
export class MemoryHistory implements HistoryStore {
  readonly #held = new Map<string, Held>();
  #position: Position = 0;

  position(): Promise<Position> {
    return Promise.resolve(this.#position);
  }

  write(points: readonly Point[], position: Position): Promise<void> {
    for (const { thingId, path, field, tags, time, value } of points) {
      const id = JSON.stringify([thingId, path, Object.entries(tags).toSorted(byText)]);
      const held = this.#held.get(id) ?? {
        series: { id: this.#held.size + 1, key: { thingId, path, field, tags } },
        samples: new Map<number, PointValue>(),
      };
      held.samples.set(time, value);
      this.#held.set(id, held);
    }
    this.#position = position;
    return Promise.resolve();
  }

  series({ thingIds, thingIdPrefix = '', paths, fields }: SeriesFilter): Promise<readonly Series[]> {
    const found = [...this.#held.values()]
      .map(({ series }) => series)
      .filter(
        ({ key }) =>
          (thingIds?.includes(key.thingId) ?? true) &&
          key.thingId.startsWith(thingIdPrefix) &&
          (paths?.includes(key.path) ?? true) &&
          (fields?.includes(key.field) ?? true),
      );
    return Promise.resolve(
      found.toSorted((a, b) => byText([a.key.thingId], [b.key.thingId]) || byText([a.key.field], [b.key.field])),
    );
  }

  samples(
    series: readonly Series[],
    range: TimeRange,
    { limit = Infinity, newestFirst = false }: { readonly limit?: number; readonly newestFirst?: boolean } = {},
  ): Promise<readonly Sample[]> {
    const samples = this.#samples(series, range);
    return Promise.resolve((newestFirst ? samples.toReversed() : samples).slice(0, limit));
  }

  windows(
    series: readonly Series[],
    range: TimeRange,
    { every, aggregate, limit = Infinity }: Window,
  ): Promise<readonly Sample[]> {
    const anyType = aggregate === 'count' || aggregate === 'first' || aggregate === 'last';
    const windows = new Map<number, PointValue[]>();
    for (const { time, value } of this.#samples(series, range)) {
      if (!anyType && typeof value !== 'number') continue;
      const start = Math.floor(time / every) * every;
      windows.set(start, [...(windows.get(start) ?? []), value]);
    }
    const computed = [...windows].map(([time, values]) => ({ time, value: aggregated(values, aggregate) }));
    return Promise.resolve(computed.slice(0, limit));
  }

  #samples(series: readonly Series[], { from, to }: TimeRange): readonly Sample[] {
    const ids = new Set(series.map(({ id }) => id));
    return [...this.#held.values()]
      .filter((held) => ids.has(held.series.id))
      .flatMap(({ samples }) => [...samples].map(([time, value]) => ({ time, value })))
      .filter(({ time }) => time >= from && time < to)
      .toSorted((a, b) => a.time - b.time);
  }
}

function byText([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function aggregated(values: readonly PointValue[], aggregate: Aggregate): PointValue {
  const numbers = values.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  const mean = sum / numbers.length;
  switch (aggregate) {
    case 'first':
      return values[0] ?? 0;
    case 'last':
      return values.at(-1) ?? 0;
    case 'count':
      return values.length;
    case 'sum':
      return sum;
    case 'mean':
      return mean;
    case 'min':
      return Math.min(...numbers);
    case 'max':
      return Math.max(...numbers);
    case 'spread':
      return Math.max(...numbers) - Math.min(...numbers);
    case 'median':
      return median(numbers);
    case 'stddev':
      return numbers.length < 2
        ? 0
        : Math.sqrt(numbers.reduce((total, value) => total + (value - mean) ** 2, 0) / (numbers.length - 1));
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
