import { jsonEquals } from './compare.js';
import { removalRegex } from './regex-key.js';
import { addMember, isJsonObject, member } from './value.js';
import type { JsonValue } from './value.js';

/**
 * The part of a merge patch that changes the target; undefined when nothing of it does. What it leaves of the patch has
 * the same effect.
 * @param patch null removes the target itself
 */
export function minimalPatch(target: JsonValue | undefined, patch: JsonValue): JsonValue | undefined {
  if (patch === null) return target === undefined ? undefined : null;
  if (!isJsonObject(patch)) return jsonEquals(target, patch) ? undefined : patch;
  // Whatever is there gives way to an object.
  if (!isJsonObject(target)) return patch;
  const kept: Record<string, JsonValue> = {};
  let isEmpty = true;
  const removals = Object.keys(patch).flatMap((key) => removalRegex(key, member(patch, key) ?? null) ?? []);
  const isRemoved = (key: string): boolean => removals.some((regex) => regex.test(key));
  for (const key of Object.keys(patch)) {
    const change = member(patch, key) ?? null;
    const regex = removalRegex(key, change);
    const before = isRemoved(key) ? undefined : member(target, key);
    const part =
      regex === undefined
        ? minimalPatch(before, change)
        : Object.keys(target).some((name) => regex.test(name))
          ? null
          : undefined;
    if (part === undefined) continue;
    addMember(kept, key, part);
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}
