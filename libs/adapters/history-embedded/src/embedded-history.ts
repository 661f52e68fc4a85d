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
import { Checkpoints, inTransaction } from '@gemel/sqlite';
import type { Bindable, Database, Row, Statement } from '@gemel/sqlite';
import { Retention } from './retention.js';
import { prepareSchema } from './schema.js';
import { SeriesDictionary } from './series-dictionary.js';
import { IS_NUMBER, fromColumn, toColumn } from './value-codec.js';
import { foldWindows, windowSql } from './window-query.js';

export interface EmbeddedHistoryOptions {
  /** Days that samples are kept, by their time; undefined keeps all. */
  readonly retentionDays?: number | undefined;
  /** Milliseconds since 1970, for the retention. */
  readonly now?: () => number;
}

/** Calls into SQLite cost as much as the work they ask for: points go many at a time. */
const ROWS_AT_ONCE = 64;
const COLUMNS = 3;

/** Time series in one SQLite file. Calls block while SQLite works. */
export class EmbeddedHistory implements HistoryStore {
  readonly #dictionary: SeriesDictionary;
  /** A batch touches a page of every series that it writes. */
  readonly #checkpoints: Checkpoints;
  readonly #retention: Retention | undefined;
  readonly #insertMany: Statement;
  readonly #insertOne: Statement;
  readonly #position: Statement;
  readonly #moveTo: Statement;

  constructor(
    private readonly database: Database,
    private readonly options: EmbeddedHistoryOptions = {},
  ) {
    prepareSchema(database);
    this.#checkpoints = new Checkpoints(database);
    this.#dictionary = new SeriesDictionary(database);
    this.#retention = options.retentionDays === undefined ? undefined : new Retention(database, options.retentionDays);
    this.#insertMany = database.prepare(insertRows(ROWS_AT_ONCE));
    this.#insertOne = database.prepare(insertRows(1));
    this.#position = database.prepare('SELECT position FROM reader WHERE id = 1');
    this.#moveTo = database.prepare('UPDATE reader SET position = ? WHERE id = 1');
  }

  position(): Promise<Position> {
    return settled(() => Number(this.#position.get()?.['position'] ?? 0));
  }

  write(points: readonly Point[], position: Position): Promise<void> {
    return settled(() => {
      try {
        inTransaction(this.database, () => {
          this.#insertAll(points);
          this.#moveTo.run(position);
          this.#retention?.step((this.options.now ?? Date.now)());
        });
        this.#checkpoints.wrote(points.length);
      } catch (error) {
        this.#dictionary.forget();
        throw error;
      }
    });
  }

  series(filter: SeriesFilter): Promise<readonly Series[]> {
    return settled(() => this.#dictionary.find(filter));
  }

  samples(
    series: readonly Series[],
    range: TimeRange,
    { limit, newestFirst = false }: { readonly limit?: number; readonly newestFirst?: boolean } = {},
  ): Promise<readonly Sample[]> {
    return settled(() => {
      const sql = `SELECT time, value FROM points WHERE ${ofSeries(series)} AND time >= ? AND time < ?
        ORDER BY time ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`;
      return this.database
        .prepare(sql)
        .all(range.from, range.to, limit ?? -1)
        .map(sampleOf);
    });
  }

  windows(series: readonly Series[], range: TimeRange, window: Window): Promise<readonly Sample[]> {
    return settled(() => {
      const sql = windowSql(window, ofSeries(series));
      if (sql !== undefined) {
        const rows = this.database.prepare(sql).all(range.from, range.to, window.limit ?? -1);
        return rows.map((row) => ({ time: Number(row['start']), value: fromColumn(row['value']) }));
      }
      const values = this.database.prepare(
        `SELECT time, value FROM points WHERE ${ofSeries(series)} AND time >= ? AND time < ? AND ${IS_NUMBER} ORDER BY time`,
      );
      return foldWindows(values.iterate(range.from, range.to), window, window.limit ?? Infinity);
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#checkpoints.settled();
    this.database.close();
  }

  #insertAll(points: readonly Point[]): void {
    let rows: Bindable[] = [];
    for (const point of points) {
      rows.push(this.#dictionary.numberOf(point), point.time, toColumn(point.value));
      if (rows.length < ROWS_AT_ONCE * COLUMNS) continue;
      this.#insertMany.run(...rows);
      rows = [];
    }
    for (let index = 0; index < rows.length; index += COLUMNS)
      this.#insertOne.run(...rows.slice(index, index + COLUMNS));
  }
}

function insertRows(count: number): string {
  return `INSERT OR REPLACE INTO points (series, time, value) VALUES ${Array<string>(count).fill('(?, ?, ?)').join(', ')}`;
}

function ofSeries(series: readonly Series[]): string {
  const [first] = series;
  // Numbers of our own making: nothing from outside becomes part of the SQL.
  return series.length === 1 && first !== undefined
    ? `series = ${first.id}`
    : `series IN (${series.map(({ id }) => id).join(', ')})`;
}

function sampleOf(row: Row): Sample {
  return { time: Number(row['time']), value: fromColumn(row['value']) };
}

/** Runs at once; what it throws becomes a rejection. */
function settled<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
