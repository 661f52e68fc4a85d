import { isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

const RESET_PARTS: readonly string[] = ['properties', 'desiredProperties'];

/**
 * Features without their values: every string, number and boolean below `properties` and `desiredProperties` is null,
 * names and structure stay. Definitions say what a feature is, so they stay as well.
 */
export function resetValues(features: JsonObject): JsonObject {
  return mapMembers(features, (_id, feature) =>
    isJsonObject(feature)
      ? mapMembers(feature, (part, value) => (RESET_PARTS.includes(part) ? nullLeaves(value) : value))
      : feature,
  );
}

/** With null in the place of every string, number and boolean. */
export function nullLeaves(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(nullLeaves);
  return isJsonObject(value) ? mapMembers(value, (_key, child) => nullLeaves(child)) : null;
}

/** Object.fromEntries defines own members, `__proto__` included. */
function mapMembers(object: JsonObject, map: (key: string, value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.keys(object).map((key) => [key, map(key, member(object, key) ?? null)]));
}
