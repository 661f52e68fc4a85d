import type { PointValue, Sample } from '@gemel/application/ports';
import type { FluxRow } from './influx-connection.js';
import type { ValueType } from './stored-series.js';

const MICROS_PER_SECOND = 1_000_000;
const SECOND_END = '1970-01-01T00:00:00'.length;
const MICRO_DIGITS = 6;

/** The import that `escapedStrings` needs. */
export const STRINGS = 'import "strings"\n';

/** Flux that escapes strings: InfluxDB's CSV drops carriage returns and adds some of its own. */
export function escapedStrings(type: ValueType): string {
  if (type !== 'string') return '';
  const escaped = [
    ['\\\\', '\\\\\\\\'],
    ['\\n', '\\\\n'],
    ['\\r', '\\\\r'],
  ].reduce((value, [from = '', to = '']) => `strings.replaceAll(v: ${value}, t: "${from}", u: "${to}")`, 'r._value');
  // Flux takes empty strings among themselves for null.
  return `\n|> map(fn: (r) => ({r with _value: if exists r._value then ${escaped} else ""}))`;
}

/** A row with `_time` and `_value`. */
export function sampleOf(row: FluxRow, type: ValueType): Sample {
  return { time: parseMicros(row('_time')), value: parseValue(row('_value'), type) };
}

export function parseValue(text: string, type: ValueType): PointValue {
  switch (type) {
    case 'number':
      return parseNumber(text);
    case 'boolean':
      return text === 'true';
    case 'string':
      return text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 'r' ? '\r' : letter));
  }
}

/** As Go prints it. */
export function parseNumber(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text);
}

/** Microseconds of an RFC 3339 time in UTC; nanoseconds are dropped. */
export function parseMicros(text: string): number {
  const seconds = Date.parse(`${text.slice(0, SECOND_END)}Z`) / 1_000;
  const fraction = text
    .slice(SECOND_END + 1, -1)
    .slice(0, MICRO_DIGITS)
    .padEnd(MICRO_DIGITS, '0');
  return seconds * MICROS_PER_SECOND + Number(fraction);
}
