import { mapping } from './pipeline-function.js';

/** What comes after the first occurrence; a value that has none is dropped. */
export const substringAfter = mapping("fn:substring-after('text')", 1, (value, text = '') => {
  const index = value.indexOf(text);
  return index < 0 ? undefined : value.slice(index + text.length);
});
