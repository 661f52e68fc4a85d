import { isJsonObject, member } from './value.js';
import type { JsonValue } from './value.js';

/** Applies a JSON merge patch (RFC 7396). Shares what the patch leaves alone; returns the target itself when nothing changes. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const before = isJsonObject(target) ? target : {};
  const merged = new Map<string, JsonValue>(Object.entries(before));
  let changed = before !== target;
  for (const key of Object.keys(patch)) {
    const change = member(patch, key) ?? null;
    if (change === null) {
      changed = merged.delete(key) || changed;
      continue;
    }
    const old = merged.get(key);
    const next = mergePatch(old, change);
    if (next === old) continue;
    merged.set(key, next);
    changed = true;
  }
  // Object.fromEntries defines own members, `__proto__` included.
  return changed ? Object.fromEntries(merged) : before;
}
