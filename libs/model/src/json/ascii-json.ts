import type { JsonValue } from './value.js';

/** JSON text that an HTTP header can hold: all characters beyond ASCII escaped. */
export function asciiJson(value: JsonValue): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
