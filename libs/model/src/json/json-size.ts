import { isJsonArray } from './value.js';
import type { JsonValue } from './value.js';

/** Length of the JSON text in UTF-8 bytes. */
export function jsonSize(value: JsonValue): number {
  return utf8Length(JSON.stringify(value));
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts two: four for the pair.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

const LONGEST_NUMBER = 25;
const LONGEST_WORD = 5;
/** A control character is \u and four digits. */
const BYTES_PER_UNIT = 6;
const LONG_TEXT = 100;
/** Quotes, or colon and comma. */
const PAIR = 2;

/** As `jsonSize` or more, several times as much at worst; takes a small part of its time, since no text is made of most values. */
export function jsonSizeAtMost(value: JsonValue): number {
  if (typeof value === 'number') return LONGEST_NUMBER;
  if (typeof value === 'string') return textSizeAtMost(value);
  if (typeof value !== 'object' || value === null) return LONGEST_WORD;
  let bytes = PAIR;
  if (isJsonArray(value)) {
    for (const item of value) bytes += jsonSizeAtMost(item) + 1;
    return bytes;
  }
  for (const key in value) bytes += textSizeAtMost(key) + jsonSizeAtMost(value[key] ?? null) + PAIR;
  return bytes;
}

function textSizeAtMost(text: string): number {
  return text.length > LONG_TEXT ? jsonSize(text) : BYTES_PER_UNIT * text.length + PAIR;
}
