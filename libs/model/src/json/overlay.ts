import { isJsonObject } from './value.js';
import type { JsonObject } from './value.js';

/** Both objects in one; where both have a value, the upper one's counts. */
export function overlay(lower: JsonObject, upper: JsonObject): JsonObject {
  const merged = new Map(Object.entries(lower));
  for (const [key, value] of Object.entries(upper)) {
    const below = merged.get(key);
    merged.set(key, isJsonObject(value) && isJsonObject(below) ? overlay(below, value) : value);
  }
  return Object.fromEntries(merged);
}
