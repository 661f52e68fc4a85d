import { stableHash, valueAt } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { ThingState } from '@gemel/model/things';

/**
 * Entity tag of a part of a thing, quotes included: `"rev:<n>"` for the whole, `"hash:<hex>"` below;
 * undefined when nothing is there. Strong and opaque (Ditto, "Conditional requests").
 */
export function entityTag(state: ThingState | undefined, path: JsonPointer): string | undefined {
  if (state === undefined || state.deleted) return undefined;
  if (path.length === 0) return `"rev:${state.revision}"`;
  const value = valueAt(state.thing, path);
  return value === undefined ? undefined : `"hash:${stableHash(value)}"`;
}
