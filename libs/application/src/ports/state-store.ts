import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import type { Awaitable } from './awaitable.js';

/**
 * The last committed state of each entity, deleted ones included; undefined for an id that never was.
 * At once where it is in memory; failures are rejections. Read-your-writes: sees every append whose promise has resolved. Never an uncommitted one.
 */
export interface StateStore {
  thing(id: ThingId): Awaitable<ThingState | undefined>;
  policy(id: PolicyId): Awaitable<PolicyState | undefined>;
}
