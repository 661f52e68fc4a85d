import { removalRegex } from './regex-key.js';
import { addMember, isJsonObject, member } from './value.js';
import type { JsonObject, JsonValue } from './value.js';

/**
 * Applies a JSON merge patch (RFC 7396), and Ditto's removal of keys by a regular expression, which comes first. Shares
 * what the patch leaves alone; returns the target itself when nothing changes.
 * @throws Error for a regular expression that does not compile
 */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const before = withoutMatchingKeys(isJsonObject(target) ? target : {}, patch);
  let merged: Record<string, JsonValue> | undefined;
  for (const key in patch) {
    const change = member(patch, key) ?? null;
    const old = member(before, key);
    const next = change === null ? undefined : mergePatch(old, change);
    if (next === old) continue;
    merged ??= { ...before };
    if (next === undefined) Reflect.deleteProperty(merged, key);
    else addMember(merged, key, next);
  }
  return merged ?? before;
}

function withoutMatchingKeys(target: JsonObject, patch: JsonObject): JsonObject {
  let kept = target;
  for (const key in patch) {
    const regex = key.startsWith('{{') ? removalRegex(key, member(patch, key) ?? null) : undefined;
    if (regex === undefined || !Object.keys(kept).some((name) => regex.test(name))) continue;
    // Object.fromEntries defines own members, `__proto__` included.
    kept = Object.fromEntries<JsonValue>(Object.entries(kept).filter(([name]) => !regex.test(name)));
  }
  return kept;
}
