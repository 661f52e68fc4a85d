import type { Series, SeriesFilter, SeriesKey } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import type { Bindable, Database, Row, Statement } from '@gemel/sqlite';
import { SeriesNumbers } from './series-numbers.js';

/** Series whose number is in memory: up to twice as many. */
const REMEMBERED_SERIES = 100_000;

/** Numbers series: a point is stored under its series' number, not under its names. */
export class SeriesDictionary {
  readonly #numbers = new SeriesNumbers(REMEMBERED_SERIES);
  /** Points share their tags, those of one event at least. */
  readonly #tagsTexts = new WeakMap<SeriesKey['tags'], string>();
  readonly #insert: Statement;
  readonly #select: Statement;

  constructor(private readonly database: Database) {
    this.#insert = database.prepare(
      'INSERT INTO series (thing_id, path, tags, field) VALUES (?, ?, ?, ?) ON CONFLICT (thing_id, path, tags) DO NOTHING',
    );
    this.#select = database.prepare('SELECT id FROM series WHERE thing_id = ? AND path = ? AND tags = ?');
  }

  /** The number of a series, a new one when needed; only inside a transaction. */
  numberOf(key: SeriesKey): number {
    const tags = this.#tagsText(key.tags);
    const known = this.#numbers.get(key, tags);
    if (known !== undefined) return known;
    const id = this.#stored(key, tags);
    this.#numbers.set(key, tags, id);
    return id;
  }

  /** After a transaction that was taken back, numbers that it gave may be given to others. */
  forget(): void {
    this.#numbers.clear();
  }

  find(filter: SeriesFilter): readonly Series[] {
    const { conditions, parameters } = conditionsOf(filter);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const sql = `SELECT id, thing_id, path, tags, field FROM series ${where} ORDER BY thing_id, field, id`;
    return this.database
      .prepare(sql)
      .all(...parameters)
      .map(parseSeries);
  }

  /** Text that is the same for the same tags. */
  #tagsText(tags: SeriesKey['tags']): string {
    const known = this.#tagsTexts.get(tags);
    if (known !== undefined) return known;
    const text = JSON.stringify(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    this.#tagsTexts.set(tags, text);
    return text;
  }

  #stored(key: SeriesKey, tags: string): number {
    this.#insert.run(key.thingId, key.path, tags, key.field);
    return Number(this.#select.get(key.thingId, key.path, tags)?.['id']);
  }
}

function conditionsOf(filter: SeriesFilter): {
  readonly conditions: readonly string[];
  readonly parameters: readonly Bindable[];
} {
  const conditions: string[] = [];
  const parameters: Bindable[] = [];
  const oneOf = (column: string, values: readonly string[] | undefined) => {
    if (values === undefined) return;
    // As JSON, because the number of parameters is limited.
    conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
    parameters.push(JSON.stringify(values));
  };
  oneOf('thing_id', filter.thingIds);
  oneOf('path', filter.paths);
  oneOf('field', filter.fields);
  if (filter.thingIdPrefix !== undefined && filter.thingIdPrefix !== '') {
    conditions.push('thing_id >= ? AND thing_id < ?');
    parameters.push(filter.thingIdPrefix, `${filter.thingIdPrefix}\u{10FFFF}`);
  }
  return { conditions, parameters };
}

function parseSeries(row: Row): Series {
  return {
    id: Number(row['id']),
    key: {
      thingId: parseThingId(String(row['thing_id'])),
      path: String(row['path']),
      field: String(row['field']),
      tags: Object.fromEntries(JSON.parse(String(row['tags'])) as [string, string][]),
    },
  };
}
