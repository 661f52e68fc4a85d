import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { decide, prepare, evolve } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';

/** A thing's content; the ids are `example:thing` and `example:policy` unless given. */
export interface ThingDraft extends JsonObject {
  readonly thingId?: string;
  readonly policyId?: string;
}

/** A checked thing. */
export function aThing(draft: ThingDraft = {}): Thing {
  return aThingState(draft).thing;
}

/** A thing as it is after its creation at time 0. */
export function aThingState(draft: ThingDraft = {}): ThingState {
  const thingId = parseThingId(draft.thingId ?? 'example:thing');
  const policyId = parsePolicyId(draft.policyId ?? 'example:policy');
  const { created: _created, ...decision } = decide(
    prepare({ kind: 'create', thingId, value: draft }),
    undefined,
    policyId,
  );
  return evolve(undefined, { entity: 'thing', id: thingId, revision: 1, timestamp: 0, headers: {}, ...decision });
}
