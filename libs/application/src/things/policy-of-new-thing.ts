import { parsePolicyId, policyIdOf } from '@gemel/model/ids';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { defaultPolicy } from '@gemel/model/policies';
import { ThingNotCreatable, ThingNotModifiable } from '@gemel/model/things';
import type { PolicyCreation, PolicyEnforcers } from '../policies/index.js';
import type { PolicyChange } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

/** Finds or makes the policy of a thing that is being created. */
export class PolicyOfNewThing {
  constructor(
    private readonly enforcers: PolicyEnforcers,
    private readonly creation: PolicyCreation,
  ) {}

  /**
   * The existing policy that the body names, or a new one to be appended with the thing: a copy of the default with
   * the thing's id, on which the caller has every right.
   * @throws ThingNotCreatable when the named policy is missing, or the thing's own id is taken by a policy
   */
  async resolve(
    thingId: ThingId,
    body: JsonValue,
    context: SignalContext,
  ): Promise<{ readonly policyId: PolicyId; readonly change?: PolicyChange }> {
    const named = isJsonObject(body) ? member(body, 'policyId') : undefined;
    if (typeof named === 'string') {
      const policyId = parsePolicyId(named);
      await this.requireExisting(thingId, policyId, context);
      return { policyId };
    }
    const policyId = policyIdOf(thingId);
    const change = await this.creation.create(defaultPolicy(policyId, context.subjects[0]), context);
    if (change === undefined) {
      throw new ThingNotCreatable(
        thingId,
        `its own policy would have the ID '${policyId}', which a policy has already`,
        'Name that policy as policyId in the body if the Thing is to use it.',
      );
    }
    return { policyId, change };
  }

  /** @throws ThingNotCreatable when there is no such policy, ThingNotModifiable when it gives the caller no WRITE on things */
  async requireExisting(thingId: ThingId, policyId: PolicyId, context: SignalContext): Promise<void> {
    const enforcer = await this.enforcers.enforcer(policyId, context.subjects);
    if (enforcer === undefined) {
      throw new ThingNotCreatable(
        thingId,
        `there is no policy with ID '${policyId}'`,
        'Create the policy first, or leave policyId out to get one that grants you everything.',
      );
    }
    if (!enforcer.permits('thing', [], 'WRITE')) throw new ThingNotModifiable(thingId);
  }
}
