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

/** Between two storings of the position, in milliseconds: each is a request, and takes InfluxDB as long as one with points. */
const STORE_EVERY_MS = 1_000;

/**
 * Time series in InfluxDB 2, where OpenTwins' dashboards look for them (docs/history-influxdb.md).
 *
 * The position is stored after the points, and not with each write: after a crash the same points come again. Behind Kafka, whose consumer
 * groups keep the positions, the feed does not ask for it.
 */
export class InfluxHistory implements HistoryStore {
  readonly #connection: InfluxConnection;
  readonly #writer: PointWriter;
  readonly #reader: SeriesReader;
  readonly #writes = new Set<Promise<void>>();
  /** Of the last write here. */
  #position: Position = 0;
  #storedPosition: Position = 0;
  #storedAt = -STORE_EVERY_MS;
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

  async position(): Promise<Position> {
    return Math.max(this.#position, await this.dictionary.position());
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

  /** Waits for writes that are under way, and stores the position when InfluxDB is there. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#writes);
    await Promise.allSettled([this.#storePosition()]);
    this.#connection.close();
  }

  async #write(points: readonly Point[], position: Position): Promise<void> {
    await this.#writer.write(points);
    this.#position = Math.max(this.#position, position);
    if (performance.now() - this.#storedAt >= STORE_EVERY_MS) await this.#storePosition();
  }

  async #storePosition(): Promise<void> {
    const position = this.#position;
    if (position <= this.#storedPosition) return;
    this.#storedAt = performance.now();
    await this.dictionary.moveTo(position);
    this.#storedPosition = position;
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
