import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';

/**
 * The last committed state of each entity, deleted ones included; undefined for an id that never was.
 * Read-your-writes: sees every append whose promise has resolved. Never an uncommitted one.
 */
export interface StateStore {
  thing(id: ThingId): Promise<ThingState | undefined>;
  policy(id: PolicyId): Promise<PolicyState | undefined>;
}
