import type { Point, Position, SeriesFilter } from '@gemel/application/ports';
import { DictionaryStore } from './dictionary-store.js';
import { storedField, storedName } from './names.js';
import { StoredSeries, keyText, typeOf } from './stored-series.js';
import type { SeriesEntry, ValueType } from './stored-series.js';
import type { InfluxConnection } from './influx-connection.js';

/** The series of one thing by their key texts. */
type ThingSeries = Map<string, StoredSeries>;

/** Series kept in memory: up to twice as many. */
const REMEMBERED_SERIES = 50_000;
const REMEMBERED_FIELDS = 100_000;

/**
 * Knows every series: its path and tags to the letter, the type of its field, and whether some of it is kept as text.
 *
 * A field has one type, that of its first value, in the whole bucket. InfluxDB would take another type in every new shard,
 * but then reads nothing, without an error, of what lies behind the change.
 */
export class SeriesDictionary {
  readonly #store: DictionaryStore;
  /** Things used lately, and those used before them: when the first have too many series, the others go. */
  #recent = new Map<string, ThingSeries>();
  #older = new Map<string, ThingSeries>();
  #recentSeries = 0;
  readonly #fieldTypes = new Map<string, ValueType>();
  #turn: Promise<void> = Promise.resolve();

  constructor(connection: InfluxConnection, bucket: string) {
    this.#store = new DictionaryStore(connection, bucket);
  }

  position(): Promise<Position> {
    return this.#store.position();
  }

  moveTo(position: Position): Promise<void> {
    return this.#store.moveTo(position);
  }

  /** The series of each point; new ones are recorded before this returns. */
  async resolve(points: readonly Point[]): Promise<readonly StoredSeries[]> {
    const things = new Map<string, ThingSeries>();
    const stale = new Set<string>();
    for (const point of points) {
      const name = storedName(point.thingId);
      const thing = things.get(name) ?? this.#remembered(name);
      if (thing !== undefined) things.set(name, thing);
      if (thing?.has(keyText(point)) !== true) stale.add(name);
    }
    if (stale.size > 0) {
      await this.#inTurn(async () => {
        // Those known, too: another process may have written the thing in between.
        for (const [name, thing] of await this.#load(stale)) things.set(name, thing);
        await this.#add(points, things);
      });
    }
    return points.map((point) => found(things.get(storedName(point.thingId))?.get(keyText(point))));
  }

  /** From now on the series are read from their texts, too. */
  async keepAsText(series: Iterable<StoredSeries>): Promise<void> {
    const flagged = [...series];
    await this.#store.recordTexts(flagged);
    for (const one of flagged) one.inText = true;
  }

  find(filter: SeriesFilter): Promise<readonly StoredSeries[]> {
    return this.#store.find(filter);
  }

  /** Batches at the same time must not each decide on the same new names. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #load(names: ReadonlySet<string>): Promise<ReadonlyMap<string, ThingSeries>> {
    const things = new Map<string, ThingSeries>();
    for (const name of names) things.set(name, new Map());
    for (const series of await this.#store.ofThings([...names])) {
      things.get(storedName(series.key.thingId))?.set(keyText(series.key), series);
    }
    for (const [name, thing] of things) this.#remember(name, thing);
    return things;
  }

  async #add(points: readonly Point[], things: ReadonlyMap<string, ThingSeries>): Promise<void> {
    const unknown = points.filter((point) => things.get(storedName(point.thingId))?.has(keyText(point)) !== true);
    const claims = await this.#typesOf(unknown);
    const added = new Map<ThingSeries, ThingSeries>();
    const placesOf = new Map<ThingSeries, Set<string>>();
    for (const { thingId, path, field, tags } of unknown) {
      const thing = found(things.get(storedName(thingId)));
      const fresh = added.get(thing) ?? new Map<string, StoredSeries>();
      const places = placesOf.get(thing) ?? new Set([...thing.values()].map(({ place }) => place));
      added.set(thing, fresh);
      placesOf.set(thing, places);
      const key = { thingId, path, field, tags };
      if (fresh.has(keyText(key))) continue;
      const series = placed({ key, type: found(this.#fieldTypes.get(storedField(field))) }, places);
      places.add(series.place);
      fresh.set(keyText(key), series);
    }
    await this.#record(
      [...added.values()].flatMap((fresh) => [...fresh.values()]),
      claims,
    );
    for (const [thing, fresh] of added) {
      for (const [text, series] of fresh) thing.set(text, series);
      this.#recentSeries += fresh.size;
    }
  }

  async #record(series: readonly StoredSeries[], claims: ReadonlyMap<string, ValueType>): Promise<void> {
    try {
      await this.#store.record(series, claims);
    } catch (error) {
      // Not known to be recorded: the next batch must claim them again.
      for (const name of claims.keys()) this.#fieldTypes.delete(name);
      throw error;
    }
  }

  /** Sees to it that the types of the points' fields are known; those that are new are returned to be recorded. */
  async #typesOf(points: readonly Point[]): Promise<ReadonlyMap<string, ValueType>> {
    if (this.#fieldTypes.size > REMEMBERED_FIELDS) this.#fieldTypes.clear();
    const fields = new Set(points.map(({ field }) => storedField(field)).filter((name) => !this.#fieldTypes.has(name)));
    const claims = new Map<string, ValueType>();
    if (fields.size === 0) return claims;
    const known = await this.#store.typesOf([...fields]);
    for (const { field, value } of points) {
      const name = storedField(field);
      if (!fields.has(name) || known.has(name)) continue;
      // Of the values that arrive together a number decides: what dashboards draw is numbers.
      if (!claims.has(name) || typeof value === 'number') claims.set(name, typeOf(value));
    }
    for (const [name, type] of [...known, ...claims]) this.#fieldTypes.set(name, type);
    return claims;
  }

  #remembered(name: string): ThingSeries | undefined {
    const recent = this.#recent.get(name);
    if (recent !== undefined) return recent;
    const older = this.#older.get(name);
    if (older !== undefined) this.#remember(name, older);
    return older;
  }

  #remember(name: string, thing: ThingSeries): void {
    this.#recentSeries += thing.size - (this.#recent.get(name)?.size ?? 0);
    this.#recent.set(name, thing);
    // A thing counts as one at least, or things without series would never go.
    if (Math.max(this.#recentSeries, this.#recent.size) <= REMEMBERED_SERIES) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#recentSeries = 0;
  }
}

/** Marked when its place is taken. */
function placed(entry: SeriesEntry, places: ReadonlySet<string>): StoredSeries {
  const series = new StoredSeries(entry, false);
  return places.has(series.place) ? series.marked() : series;
}

/** What has just been loaded or recorded. */
function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the dictionary of the history has lost what it just recorded');
  return value;
}
