import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { PolicyNotAccessible, livePolicy } from '@gemel/model/policies';
import { ThingNotAccessible, liveThing } from '@gemel/model/things';
import type { PolicyReference } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

/** Reads the policy that `_copyPolicyFrom` names. */
export class PolicySource {
  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
  ) {}

  /** The whole policy, all of which the caller may read. @throws PolicyNotAccessible, ThingNotAccessible */
  async read(source: PolicyReference, context: SignalContext): Promise<JsonObject> {
    const policyId = source.of === 'policy' ? source.policyId : await this.#policyOf(source.thingId, context);
    const state = await this.states.policy(policyId);
    const policy = livePolicy(state);
    const enforcer = await this.enforcers.onState(state, context.subjects);
    if (policy === undefined || enforcer?.permits('policy', [], 'READ') !== true)
      throw new PolicyNotAccessible(policyId);
    return policy;
  }

  async #policyOf(thingId: ThingId, context: SignalContext): Promise<PolicyId> {
    const thing = liveThing(await this.states.thing(thingId));
    const enforcer = thing && (await this.enforcers.enforcer(thing.policyId, context.subjects, thingId));
    if (thing === undefined || enforcer?.permits('thing', ['policyId'], 'READ') !== true) {
      throw new ThingNotAccessible(thingId);
    }
    return thing.policyId;
  }
}
