import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { PolicyNotAccessible, livePolicy } from '@gemel/model/policies';
import { ThingNotAccessible, liveThing } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

/** `{{ ref:things/<id>/policyId }}` names the policy of another thing (Ditto, "Placeholders"). */
const OF_THING = /^\{\{\s*ref:things\/(.+)\/policyId\s*\}\}$/;

/** Reads the policy that `_copyPolicyFrom` names. */
export class PolicySource {
  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
  ) {}

  /** The whole policy, all of which the caller may read. @throws PolicyNotAccessible, ThingNotAccessible */
  async read(source: string, context: SignalContext): Promise<JsonObject> {
    const [, thingId] = OF_THING.exec(source) ?? [];
    const policyId = thingId === undefined ? parsePolicyId(source) : await this.#policyOf(thingId, context);
    const state = await this.states.policy(policyId);
    const policy = livePolicy(state);
    const enforcer = await this.enforcers.onState(state, context.subjects);
    if (policy === undefined || enforcer?.permits('policy', [], 'READ') !== true)
      throw new PolicyNotAccessible(policyId);
    return policy;
  }

  async #policyOf(id: string, context: SignalContext): Promise<PolicyId> {
    const thingId = parseThingId(id);
    const thing = liveThing(await this.states.thing(thingId));
    const enforcer = thing && (await this.enforcers.enforcer(thing.policyId, context.subjects, thingId));
    if (thing === undefined || enforcer?.permits('thing', ['policyId'], 'READ') !== true) {
      throw new ThingNotAccessible(thingId);
    }
    return thing.policyId;
  }
}
