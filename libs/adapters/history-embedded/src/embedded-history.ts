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
import { Checkpoints, RowInserts, inTransaction } from '@gemel/sqlite';
import type { Database, Row, Statement } from '@gemel/sqlite';
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

/** Time series in one SQLite file. Calls block while SQLite works. */
export class EmbeddedHistory implements HistoryStore {
  readonly #dictionary: SeriesDictionary;
  /** A batch touches a page of every series that it writes. */
  readonly #checkpoints: Checkpoints;
  readonly #retention: Retention | undefined;
  readonly #points: RowInserts;
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
    this.#points = new RowInserts(database, 'INSERT OR REPLACE INTO points', ['series', 'time', 'value']);
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
          this.#points.insert(
            points.flatMap((point) => [this.#dictionary.numberOf(point), point.time, toColumn(point.value)]),
          );
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
