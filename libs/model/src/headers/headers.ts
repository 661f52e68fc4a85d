import { member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

/**
 * The header's value whatever the case of its name; `name` in lower case.
 * The exact spelling wins over others; of several other spellings the first one counts.
 */
export function headerValue(headers: JsonObject, name: string): JsonValue | undefined {
  const exact = member(headers, name);
  if (exact !== undefined) return exact;
  // A list of the keys for each of the many headers that each message is asked for would be half of what it costs.
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) return member(headers, key);
  }
  return undefined;
}

/** A header as text: strings as they are, numbers and booleans printed, arrays of such joined by commas; else undefined. */
export function headerText(headers: JsonObject, name: string): string | undefined {
  const value = headerValue(headers, name);
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return Array.isArray(value) && value.every(isScalar) ? value.join(',') : undefined;
  }
}

/** Headers without those that only the server sets and reads. */
export function withoutInternalHeaders(headers: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('ditto-')));
}

function isScalar(value: JsonValue): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
