import { MEASUREMENT } from '@gemel/model/history';

/** Measurement of values that cannot stand in the one that dashboards know, because their field has another type there. */
export const TEXT_MEASUREMENT = `${MEASUREMENT}_text`;

/** Tag of a series whose other names are those of another series already. */
export const MARK_TAG = 'series';

/** Columns that Flux makes, names that line protocol refuses, and tags of our own. */
const RESERVED_TAGS: ReadonlySet<string> = new Set([
  '',
  'time',
  '_field',
  '_measurement',
  '_time',
  '_value',
  '_start',
  '_stop',
  'result',
  'table',
  'thingId',
  MARK_TAG,
]);

/**
 * A name as InfluxDB keeps it. Line protocol has no escape for a backslash before a special character, nor for line breaks
 * in names: backslashes become U+FF3C, control characters and lone surrogates U+FFFD. Names that become the same are told
 * apart by the mark. One character gives one character, so that prefixes stay prefixes.
 */
export function storedName(text: string): string {
  return PLAIN.test(text)
    ? text
    : text
        .replaceAll('\\', '\uFF3C')
        .replace(/\p{Cc}/gu, '\uFFFD')
        .replace(/\p{Cs}/gu, '\uFFFD');
}

const PLAIN = /^[ -[\]-~]*$/;

export function storedField(field: string): string {
  const name = storedName(field);
  return name === '' || name === 'time' ? `${name}\uFFFD` : name;
}

/** In the order that InfluxDB sorts them; those it has no place for are left out. */
export function storedTags(tags: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const stored = Object.entries(tags)
    .map(([key, value]): readonly [string, string] => [storedName(key), storedName(value)])
    .filter(([key, value]) => !RESERVED_TAGS.has(key) && value !== '');
  return new Map(stored.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
