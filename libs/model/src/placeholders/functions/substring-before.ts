import { mapping } from './pipeline-function.js';

/** What comes before the first occurrence; a value that has none is dropped. */
export const substringBefore = mapping("fn:substring-before('text')", 1, (value, text = '') => {
  const index = value.indexOf(text);
  return index < 0 ? undefined : value.slice(0, index);
});
