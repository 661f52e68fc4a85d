import { isJsonArray, isJsonObject } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { anything } from './predicate.js';
import type { Predicate } from './predicate.js';

/** Matches any value, null included. */
export const exists: Predicate = (some) => (root) => some(root, anything);

/** Matches when nothing is there but null, `""`, `[]` or `{}`. */
export const empty: Predicate = (some) => (root) => !some(root, hasContent);

function hasContent(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return value !== null && value !== '';
}
