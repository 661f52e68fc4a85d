import { stableHash, valueAt } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import { livePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';

/**
 * Entity tag of a part of a policy, quotes included: `"rev:<n>"` for the whole, `"hash:<hex>"` below;
 * undefined when nothing is there. Strong and opaque (Ditto, "Conditional requests").
 */
export function entityTag(state: PolicyState | undefined, path: JsonPointer): string | undefined {
  const value = valueAt(livePolicy(state), path);
  if (state === undefined || value === undefined) return undefined;
  return path.length === 0 ? `"rev:${state.revision}"` : `"hash:${stableHash(value)}"`;
}
