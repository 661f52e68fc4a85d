import type { MqttUser } from '@gemel/model/mqtt-users';
import { liveThing } from '@gemel/model/things';
import type { StateStore } from '../ports/index.js';

/**
 * Whether the thing of a credential is the one that it was made for: not deleted, nor made anew by somebody else. True of
 * users that are no credentials.
 */
export async function isStillIssued(
  states: Pick<StateStore, 'thing'>,
  { thingId, issued }: MqttUser,
): Promise<boolean> {
  if (thingId === undefined || issued === undefined) return true;
  const state = await states.thing(thingId);
  return state !== undefined && liveThing(state) !== undefined && state.created <= issued;
}
