import { stableHash, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';

/**
 * Entity tag of a part of an entity, quotes included: `"rev:<n>"` for the whole, `"hash:<hex>"` below; undefined when
 * nothing is there. Strong and opaque (Ditto, "Conditional requests").
 * @param content undefined for an entity that is absent or deleted
 */
export function entityTag(content: JsonObject | undefined, revision: number, path: JsonPointer): string | undefined {
  const value = valueAt(content, path);
  if (value === undefined) return undefined;
  return path.length === 0 ? `"rev:${String(revision)}"` : `"hash:${stableHash(value)}"`;
}
