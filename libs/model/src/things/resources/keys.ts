import { isJsonArray, isJsonObject, isRemovalByRegex } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { JsonKeyInvalid } from '../errors.js';
import type { ValueUse } from './thing-resource.js';

// Ditto's class of refused characters, the same as in names of ids: U+007F..U+00FF included.
const REFUSED = /[\x00-\x1F\x7F-\xFF/]/;

/** `*` stands for any feature elsewhere. @throws JsonKeyInvalid */
export function checkFeatureId(id: string): void {
  if (id === '' || id === '*' || REFUSED.test(id)) throw new JsonKeyInvalid(id);
}

/** Checks every key of a value at any depth; in a patch regular expressions may remove keys. @throws JsonKeyInvalid */
export function checkKeys(value: JsonValue, use: ValueUse): void {
  if (isJsonArray(value)) {
    for (const element of value) if (typeof element === 'object') checkKeys(element, 'store');
    return;
  }
  if (!isJsonObject(value)) return;
  for (const key of Object.keys(value)) {
    const child = value[key];
    if (child === null && use === 'merge' && isRemovalByRegex(key, child)) continue;
    checkKey(key);
    if (typeof child === 'object') checkKeys(child, use);
  }
}

/** @throws JsonKeyInvalid */
export function checkKey(key: string): void {
  if (key === '' || REFUSED.test(key)) throw new JsonKeyInvalid(key);
}
