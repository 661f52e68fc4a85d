import { createHash } from 'node:crypto';
import { MEASUREMENT } from '@gemel/model/history';
import type { PointValue, Series, SeriesKey } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { lineHead } from './line-protocol.js';
import { MARK_TAG, TEXT_MEASUREMENT, storedField, storedName, storedTags } from './names.js';

const VALUE_TYPES = ['number', 'boolean', 'string'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** What the dictionary keeps of a series; `key` and `type` never change. */
export interface SeriesEntry {
  readonly key: SeriesKey;
  /** The type that the field has in the dashboards' measurement, whichever thing it belongs to. */
  readonly type: ValueType;
  /** Set when another series of the thing has the same names in InfluxDB: the mark that tells this one apart. */
  readonly mark?: string;
}

/** Ids are times, too (see `SeriesDictionary`): as nanoseconds, so many bytes span three days. */
const ID_BYTES = 6;
export const MAX_ID = 2 ** (8 * ID_BYTES) - 1;

/** A series and how InfluxDB knows it. */
export class StoredSeries implements Series {
  /** A hash of thing, path and tags: the same whenever and wherever it is computed. */
  readonly id: number;
  readonly key: SeriesKey;
  readonly type: ValueType;
  readonly field: string;
  /** `thingId` included, in InfluxDB's order. */
  readonly tags: ReadonlyMap<string, string>;
  /** Tags that other series with the same field have and this one has not; set when the series is to be read. */
  readonly absentTags: readonly string[];
  #heads: { readonly main: string; readonly text: string } | undefined;

  constructor(
    readonly entry: SeriesEntry,
    /** Some of its values are kept as text, too, or only. Once set it stays so. */
    public inText: boolean,
    absentTags: readonly string[] = [],
  ) {
    this.key = entry.key;
    this.type = entry.type;
    this.id = createHash('sha1').update(keyText(entry.key)).digest().readUIntBE(0, ID_BYTES);
    this.field = storedField(entry.key.field);
    this.tags = tagsInInflux(entry);
    this.absentTags = absentTags;
  }

  /** What lines of the series begin with in either measurement. */
  get heads(): { readonly main: string; readonly text: string } {
    this.#heads ??= {
      main: lineHead(MEASUREMENT, this.tags, this.field),
      text: lineHead(TEXT_MEASUREMENT, this.tags, this.field),
    };
    return this.#heads;
  }

  /** The same for those, and only those, that InfluxDB takes for one. */
  get place(): string {
    return this.heads.main;
  }

  /** Told which tags it has not, to be read. */
  without(absentTags: readonly string[]): StoredSeries {
    return new StoredSeries(this.entry, this.inText, absentTags);
  }

  marked(): StoredSeries {
    return new StoredSeries({ ...this.entry, mark: this.id.toString(36) }, this.inText, this.absentTags);
  }

  toJson(): string {
    const { key, type, mark } = this.entry;
    // The field stands first, where a query can look for it.
    return JSON.stringify([key.field, key.thingId, key.path, key.tags, type, ...(mark === undefined ? [] : [mark])]);
  }
}

export function typeOf(value: PointValue): ValueType {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
}

/** @throws Error for a text that is none */
export function parseValueType(text: string): ValueType {
  const type = VALUE_TYPES.find((known) => known === text);
  if (type === undefined)
    throw new Error(`the history knows no type '${text}': it was written by a newer version of Gemel`);
  return type;
}

/** Text that is the same for the same series. */
export function keyText({ thingId, path, tags }: SeriesKey): string {
  // Neither ids nor JSON text hold the separator; the path, which may, is last.
  return `${thingId}\0${tagsText(tags)}\0${path}`;
}

/** Points share their tags, those of one event at least. */
const tagsTexts = new WeakMap<SeriesKey['tags'], string>();

function tagsText(tags: SeriesKey['tags']): string {
  const known = tagsTexts.get(tags);
  if (known !== undefined) return known;
  const text = JSON.stringify(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  tagsTexts.set(tags, text);
  return text;
}

export function parseEntry(json: string): SeriesEntry {
  const [field, thingId, path, tags, type, mark] = JSON.parse(json) as [
    string,
    string,
    string,
    Record<string, string>,
    ValueType,
    string?,
  ];
  return {
    key: { thingId: parseThingId(thingId), path, field, tags },
    type,
    ...(mark === undefined ? {} : { mark }),
  };
}

function tagsInInflux({ key, mark }: SeriesEntry): ReadonlyMap<string, string> {
  const tags = [...storedTags(key.tags), ['thingId', storedName(key.thingId)] as const];
  if (mark !== undefined) tags.push([MARK_TAG, mark]);
  return new Map(tags.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
