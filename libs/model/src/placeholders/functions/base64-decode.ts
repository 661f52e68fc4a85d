import { mapping } from './pipeline-function.js';

/** A value that is no base64 is dropped; bytes that are no UTF-8 become U+FFFD. */
export const base64Decode = mapping('fn:base64-decode()', 0, (value) => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
});
