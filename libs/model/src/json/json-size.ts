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
