import { HistoryUnavailable } from '@gemel/application/ports';
import type {
  HistoryStore,
  Point,
  Position,
  Sample,
  Series,
  SeriesFilter,
  TimeRange,
  Window,
} from '@gemel/application/ports';
import type { InfluxConnection } from './influx-connection.js';
import type { FaultCounts, PointFaults } from './point-faults.js';
import { PointWriter } from './point-writer.js';
import type { PointTarget } from './point-writer.js';
import type { SeriesDictionary } from './series-dictionary.js';
import { SeriesReader } from './series-reader.js';
import type { SampleLimits } from './series-reader.js';
import { StoredSeries, keyText } from './stored-series.js';

/**
 * Time series in InfluxDB 2, where OpenTwins' dashboards look for them (docs/history-influxdb.md).
 *
 * The position is stored after the points: a crash in between gives the same points again. Behind Kafka, whose consumer
 * groups keep the positions, the feed does not ask for it.
 */
export class InfluxHistory implements HistoryStore {
  readonly #connection: InfluxConnection;
  readonly #writer: PointWriter;
  readonly #reader: SeriesReader;
  readonly #writes = new Set<Promise<void>>();
  #closed = false;

  constructor(
    target: PointTarget,
    private readonly dictionary: SeriesDictionary,
    private readonly faults: PointFaults,
  ) {
    this.#connection = target.connection;
    this.#writer = new PointWriter(target, dictionary, faults);
    this.#reader = new SeriesReader(target.connection, target.bucket);
  }

  /** Since the start. */
  get faultCounts(): FaultCounts {
    return this.faults.counts;
  }

  position(): Promise<Position> {
    return this.dictionary.position();
  }

  /** Resolves when InfluxDB has said that it holds all; rejects when it is away, and then the same write is right again. */
  async write(points: readonly Point[], position: Position): Promise<void> {
    if (this.#closed) throw new HistoryUnavailable('it is closed');
    const writing = this.#write(points, position);
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  series(filter: SeriesFilter): Promise<readonly Series[]> {
    return this.dictionary.find(filter);
  }

  async samples(series: readonly Series[], range: TimeRange, limits?: SampleLimits): Promise<readonly Sample[]> {
    return this.#reader.samples(await this.#stored(series), range, limits);
  }

  async windows(series: readonly Series[], range: TimeRange, window: Window): Promise<readonly Sample[]> {
    return this.#reader.windows(await this.#stored(series), range, window);
  }

  /** Whether InfluxDB answers, within 2 seconds. */
  isReachable(): Promise<boolean> {
    return this.#connection.isReachable();
  }

  /** Waits for writes that are under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#writes);
    this.#connection.close();
  }

  async #write(points: readonly Point[], position: Position): Promise<void> {
    await this.#writer.write(points);
    await this.dictionary.moveTo(position);
  }

  /** Those that `series` gave know how they are stored; of copies it is looked up. */
  async #stored(series: readonly Series[]): Promise<readonly StoredSeries[]> {
    const known = series.filter((one) => one instanceof StoredSeries);
    if (known.length === series.length) return known;
    const wanted = new Set(series.map(({ key }) => keyText(key)));
    const found = await this.dictionary.find({ thingIds: series.map(({ key }) => key.thingId) });
    return found.filter(({ key }) => wanted.has(keyText(key)));
  }
}
