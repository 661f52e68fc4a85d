import { addMember, isJsonObject, member } from './value.js';
import type { JsonValue } from './value.js';

/** Applies a JSON merge patch (RFC 7396). Shares what the patch leaves alone; returns the target itself when nothing changes. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const before = isJsonObject(target) ? target : {};
  let merged: Record<string, JsonValue> | undefined;
  for (const key of Object.keys(patch)) {
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
