import { isJsonArray, isJsonObject } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { FeatureIdInvalid, JsonKeyInvalid } from '../errors.js';

// Ditto's class of refused characters, the same as in names of ids: U+007F..U+00FF included.
const REFUSED = /[\x00-\x1F\x7F-\xFF/]/;

/** @throws FeatureIdInvalid */
export function checkFeatureId(id: string): void {
  if (id === '' || id === '*' || REFUSED.test(id)) throw new FeatureIdInvalid(id);
}

/** Checks every key of a value at any depth. @throws JsonKeyInvalid */
export function checkKeys(value: JsonValue): void {
  if (isJsonArray(value)) {
    for (const element of value) if (typeof element === 'object') checkKeys(element);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const key of Object.keys(value)) {
    checkKey(key);
    const child = value[key];
    if (typeof child === 'object') checkKeys(child);
  }
}

/** @throws JsonKeyInvalid */
export function checkKey(key: string): void {
  if (key === '' || REFUSED.test(key)) throw new JsonKeyInvalid(key);
}
