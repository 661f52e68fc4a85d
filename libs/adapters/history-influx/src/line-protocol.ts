import { MEASUREMENT } from '@gemel/model/history';
import type { Point, PointValue } from '@gemel/application/ports';

/** Longest string that InfluxDB takes as a value, in bytes. */
const MAX_STRING_BYTES = 1_048_576;
/** No UTF-16 code unit takes more bytes. */
const MAX_BYTES_PER_UNIT = 3;
/** Longest names of a point together: InfluxDB takes 65,535 bytes. */
const MAX_NAMES_UNITS = 20_000;

/** What a line begins with, up to and with the field's `=`. All names are stored names (see `storedName`). */
export function lineHead(measurement: string, tags: ReadonlyMap<string, string>, field: string): string {
  const written = [...tags].map(([key, value]) => `,${escapeName(key)}=${escapeName(value)}`).join('');
  return `${measurement}${written} ${escapeName(field)}=`;
}

/** A finite number as a float, so that one property has one type whether or not it is whole. */
export function fieldValue(value: PointValue): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}

/** Why InfluxDB has no place for a point; undefined when it has. */
export function unwritable(point: Point): string | undefined {
  const { value, time } = point;
  if (!Number.isSafeInteger(time)) return 'its time is no whole number of microseconds';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'the number is not finite';
  if (unitsOfNames(point) > MAX_NAMES_UNITS) return 'its names are too long';
  if (typeof value === 'string' && value.length * MAX_BYTES_PER_UNIT > MAX_STRING_BYTES) {
    if (Buffer.byteLength(value) > MAX_STRING_BYTES) return `the text is longer than ${MAX_STRING_BYTES} bytes`;
  }
  return undefined;
}

/** Length of a point's names together, in UTF-16 code units. */
export function unitsOfNames({ thingId, path, field, tags }: Point): number {
  let units = thingId.length + path.length + field.length;
  for (const key in tags) units += key.length + (tags[key]?.length ?? 0);
  return units;
}

/** The field of a conflict, from InfluxDB's answer to a write. */
export function conflictingField(reason: string): string | undefined {
  return CONFLICT.exec(reason)?.[1];
}

const CONFLICT = new RegExp(`field type conflict: input field "(.*)" on measurement "${MEASUREMENT}" is type`, 's');

function escapeName(name: string): string {
  return name.replace(/[,= ]/g, '\\$&');
}
