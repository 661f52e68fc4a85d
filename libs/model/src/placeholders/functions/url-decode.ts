import { mapping } from './pipeline-function.js';

/** A value with a broken percent sequence is dropped. */
export const urlDecode = mapping('fn:url-decode()', 0, (value) => {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
});
