import type { PointValue } from '@gemel/application/ports';

/** What a plain text must not look like. */
const OTHER_VALUE = /^(?:true|false|".*|-?\d.*)$/s;

/**
 * Any value as a text from which it comes back. A string stays as it is, readable in a dashboard, unless it looks like
 * another value: then it is a JSON string.
 */
export function toText(value: PointValue): string {
  if (typeof value !== 'string') return String(value);
  return OTHER_VALUE.test(value) ? JSON.stringify(value) : value;
}

export function parseText(text: string): PointValue {
  return OTHER_VALUE.test(text) ? (JSON.parse(text) as PointValue) : text;
}
