import type { JsonObject } from '@gemel/model/json';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { decide, evolve } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';

/** A checked thing, `example:thing` under `example:policy` unless the content says otherwise. */
export function aThing(content: JsonObject = {}): Thing {
  return aThingState(content).thing;
}

/** A thing as it is after its creation at time 0. */
export function aThingState(content: JsonObject = {}): ThingState {
  const value: JsonObject = { thingId: 'example:thing', policyId: 'example:policy', ...content };
  const thingId = parseThingId(String(value['thingId']));
  const policyId = parsePolicyId(String(value['policyId']));
  const { created: _created, ...decision } = decide({ kind: 'create', thingId, value }, undefined, policyId);
  return evolve(undefined, { entity: 'thing', id: thingId, revision: 1, timestamp: 0, headers: {}, ...decision });
}
