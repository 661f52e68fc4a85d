import type { Position, SeriesFilter } from '@gemel/application/ports';
import { fluxAny, fluxPrefix, fluxString, fluxTime } from './flux-literal.js';
import { unavailable } from './influx-connection.js';
import type { InfluxConnection } from './influx-connection.js';
import { fieldValue, lineHead } from './line-protocol.js';
import { MARK_TAG, storedField, storedName } from './names.js';
import { MAX_ID, StoredSeries, parseEntry, parseValueType } from './stored-series.js';
import type { ValueType } from './stored-series.js';

const SERIES = 'gemel_series';
const FIELDS = 'gemel_fields';
const POSITIONS = 'gemel_positions';
/** The reader that this history belongs to. */
const READER = 'history';
/** Names that one query asks for: the text of a condition grows with them. */
const NAMES_AT_ONCE = 500;
/** Series recorded in one request. */
const RECORDS_AT_ONCE = 2_000;

/**
 * The dictionary's own bucket, which keeps everything and which no dashboard reads:
 *
 *     gemel_series,thing=‹thing› series="[field, thing, path, tags, type, mark?]",text="yes" ‹id›
 *     gemel_fields,field=‹field› type="number" 0
 *     gemel_positions,reader=history position=42 0
 *
 * `text` says that some values are kept as text. A query that looks into values needs them all of one type.
 *
 * A series' id is the time of its point: recording it again changes nothing, and a thing costs InfluxDB's index one entry
 * for all its series.
 */
export class DictionaryStore {
  constructor(
    private readonly connection: InfluxConnection,
    private readonly bucket: string,
  ) {}

  async position(): Promise<Position> {
    const condition = `r._measurement == ${fluxString(POSITIONS)} and r.reader == ${fluxString(READER)}`;
    for await (const row of this.connection.query(this.#from(condition))) return Number(row('_value'));
    return 0;
  }

  async moveTo(position: Position): Promise<void> {
    await this.#write(`${lineHead(POSITIONS, new Map([['reader', READER]]), 'position')}${position} 0`);
  }

  /** Records series and the types of fields that are new. */
  async record(series: readonly StoredSeries[], types: ReadonlyMap<string, ValueType>): Promise<void> {
    const claims = [...types].map(
      ([field, type]) => `${lineHead(FIELDS, new Map([['field', field]]), 'type')}${fieldValue(type)} 0`,
    );
    const lines = series.map((one) => `${seriesHead(one, 'series')}${fieldValue(one.toJson())} ${one.id}`);
    await this.#writeAll([...claims, ...lines]);
  }

  async recordTexts(series: readonly StoredSeries[]): Promise<void> {
    await this.#writeAll(series.map((one) => `${seriesHead(one, 'text')}"yes" ${one.id}`));
  }

  /** By stored names. */
  async typesOf(fields: readonly string[]): Promise<ReadonlyMap<string, ValueType>> {
    const types = new Map<string, ValueType>();
    for (const names of chunks(fields)) {
      const query = this.#from(`r._measurement == ${fluxString(FIELDS)} and ${oneOf('field', names)}`);
      for await (const row of this.connection.query(query)) types.set(row('field'), parseValueType(row('_value')));
    }
    return types;
  }

  /** All series of things, given by stored names. */
  async ofThings(names: readonly string[]): Promise<readonly StoredSeries[]> {
    const found: (readonly StoredSeries[])[] = [];
    for (const some of chunks(names)) found.push(await this.#series(`and ${oneOf('thing', some)}`));
    return found.flat();
  }

  async find(filter: SeriesFilter): Promise<readonly StoredSeries[]> {
    const { thingIds } = filter;
    const found =
      thingIds === undefined ? await this.#search(filter) : await this.ofThings([...new Set(thingIds.map(storedName))]);
    return found.filter((series) => matches(filter, series)).toSorted(inOrder);
  }

  /** At least what the prefix and fields match. */
  #search({ thingIdPrefix = '', fields }: SeriesFilter): Promise<readonly StoredSeries[]> {
    // Half a character at the end has no stored form.
    const prefix = storedName(thingIdPrefix.replace(/\p{Cs}$/u, ''));
    return this.#series(prefix === '' ? '' : `and r.thing =~ ${fluxPrefix(prefix)}`, fieldsCondition(fields));
  }

  async #series(things: string, json?: string): Promise<readonly StoredSeries[]> {
    const query =
      `import "strings"\n${this.#from(`r._measurement == ${fluxString(SERIES)} ${things}`)}` +
      (json === undefined ? '' : `\n|> filter(fn: (r) => r._field == "text" or ${json})`) +
      `\n|> keep(columns: ["_time", "_field", "_value", "thing"])`;
    const entries = new Map<string, string>();
    const texts = new Set<string>();
    for await (const row of this.connection.query(query)) {
      const place = `${row('_time')} ${row('thing')}`;
      if (row('_field') === 'text') texts.add(place);
      else entries.set(place, row('_value'));
    }
    return withAbsentTags([...entries].map(([place, json]) => new StoredSeries(parseEntry(json), texts.has(place))));
  }

  #from(condition: string): string {
    return (
      `from(bucket: ${fluxString(this.bucket)})\n|> range(start: ${fluxTime(0)}, stop: time(v: ${MAX_ID + 1}))` +
      `\n|> filter(fn: (r) => ${condition})`
    );
  }

  async #writeAll(lines: readonly string[]): Promise<void> {
    for (let index = 0; index < lines.length; index += RECORDS_AT_ONCE)
      await this.#write(lines.slice(index, index + RECORDS_AT_ONCE).join('\n'));
  }

  async #write(lines: string): Promise<void> {
    const answer = await this.connection.write(this.bucket, lines, 'ns');
    if (answer.kind === 'refused') throw unavailable(new Error(answer.reason));
  }
}

function seriesHead(series: StoredSeries, field: string): string {
  return lineHead(SERIES, new Map([['thing', storedName(series.key.thingId)]]), field);
}

function oneOf(column: string, values: readonly string[]): string {
  return fluxAny(values.map((value) => `r.${column} == ${fluxString(value)}`));
}

/** A series' JSON begins with its field. Undefined when too many are asked for to be worth it. */
function fieldsCondition(fields: readonly string[] | undefined): string | undefined {
  if (fields === undefined || fields.length === 0 || fields.length > NAMES_AT_ONCE) return undefined;
  if (fields.some((field) => storedField(field) !== field)) return undefined;
  return fluxAny(
    fields.map((field) => `strings.hasPrefix(v: r._value, prefix: ${fluxString(`[${JSON.stringify(field)},`)})`),
  );
}

function matches({ thingIds, thingIdPrefix = '', paths, fields }: SeriesFilter, { key }: StoredSeries): boolean {
  return (
    (thingIds?.includes(key.thingId) ?? true) &&
    key.thingId.startsWith(thingIdPrefix) &&
    (paths?.includes(key.path) ?? true) &&
    (fields?.includes(key.field) ?? true)
  );
}

function inOrder({ key: a }: StoredSeries, { key: b }: StoredSeries): number {
  return compare(a.thingId, b.thingId) || compare(a.field, b.field);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reading one series must leave those out that have the same names and a tag more. */
function withAbsentTags(series: readonly StoredSeries[]): readonly StoredSeries[] {
  const tagsOf = new Map<string, Set<string>>();
  const place = ({ tags, field }: StoredSeries) => `${tags.get('thingId') ?? ''}\0${field}`;
  for (const one of series) {
    const tags = tagsOf.get(place(one)) ?? new Set([MARK_TAG]);
    for (const tag of one.tags.keys()) tags.add(tag);
    tagsOf.set(place(one), tags);
  }
  return series.map((one) => one.without([...(tagsOf.get(place(one)) ?? [])].filter((tag) => !one.tags.has(tag))));
}

function* chunks(values: readonly string[]): Generator<readonly string[]> {
  for (let index = 0; index < values.length; index += NAMES_AT_ONCE) yield values.slice(index, index + NAMES_AT_ONCE);
}
