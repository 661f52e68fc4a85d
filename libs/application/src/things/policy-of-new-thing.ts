import { parsePolicyId, policyIdOf } from '@gemel/model/ids';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { PolicyNotAccessible, defaultPolicy } from '@gemel/model/policies';
import type { PolicyRights } from '@gemel/model/policies';
import {
  ThingNotCreatable,
  ThingNotModifiable,
  ThingPolicyIdNotAllowed,
  ThingPolicyInvalid,
} from '@gemel/model/things';
import type { PreparedCommand } from '@gemel/model/things';
import type { PolicyCreation } from '../policies/index.js';
import type { PolicyChange } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicySource } from './policy-source.js';

/** Which policy a new thing has, and the change that makes it when it is new, too. */
interface ResolvedPolicy {
  readonly policyId: PolicyId;
  readonly created?: { readonly change: PolicyChange; readonly rights: PolicyRights };
}

/** Finds or makes the policy of a thing that is being created. */
export class PolicyOfNewThing {
  constructor(
    private readonly creation: PolicyCreation,
    private readonly source: PolicySource,
  ) {}

  /**
   * The existing policy that the body names, or a new one to be appended with the thing: the body's `_policy`, a copy of
   * what its `_copyPolicyFrom` names, or the default, on which the caller has every right. A new one has the thing's id
   * unless the body says otherwise.
   * @throws GemelError when the named policy is missing, the new one's id is taken, or it would not let the caller write
   */
  async resolve(
    { thingId, value, extras }: Exclude<PreparedCommand, { kind: 'delete' }>,
    context: SignalContext,
    rights: (policyId: PolicyId) => Promise<PolicyRights | undefined>,
  ): Promise<ResolvedPolicy> {
    const named = isJsonObject(value) ? member(value, 'policyId') : undefined;
    if (extras?.policy !== undefined)
      return this.#create(thingId, inlinePolicy(thingId, extras.policy, named), context);
    const namedId = typeof named === 'string' ? parsePolicyId(named) : undefined;
    if (extras?.copyPolicyFrom !== undefined) {
      const copy = await this.source.read(extras.copyPolicyFrom, context);
      return this.#create(thingId, { ...copy, policyId: namedId ?? policyIdOf(thingId) }, context);
    }
    if (namedId === undefined) {
      return this.#create(thingId, defaultPolicy(policyIdOf(thingId), context.subjects[0]), context);
    }
    this.requireExisting(thingId, namedId, await rights(namedId));
    return { policyId: namedId };
  }

  /**
   * @throws ThingNotCreatable when there is no such policy, PolicyNotAccessible when the caller may read nothing of it,
   *   ThingNotModifiable when it gives them no WRITE on things
   */
  requireExisting(thingId: ThingId, policyId: PolicyId, rights: PolicyRights | undefined): void {
    const enforcer = rights?.on(thingId);
    if (enforcer === undefined) {
      throw new ThingNotCreatable(thingId, policyId, 'missing');
    }
    // As in Ditto, where the policy is retrieved on the caller's authority.
    if (!enforcer.permitsPartially('policy', [], 'READ')) throw new PolicyNotAccessible(policyId);
    if (!enforcer.permits('thing', [], 'WRITE')) throw new ThingNotModifiable(thingId);
  }

  async #create(
    thingId: ThingId,
    policy: JsonObject & { readonly policyId: PolicyId },
    context: SignalContext,
  ): Promise<ResolvedPolicy> {
    const { policyId } = policy;
    const created = await this.creation.create(policy, context);
    if (created === undefined) {
      throw new ThingNotCreatable(thingId, policyId, 'taken');
    }
    if (!created.rights.on(thingId).permits('thing', [], 'WRITE')) throw new ThingPolicyInvalid(thingId);
    return { policyId, created };
  }
}

/** @throws ThingPolicyIdNotAllowed when the body names another policy besides */
function inlinePolicy(
  thingId: ThingId,
  inline: JsonObject,
  named: JsonValue | undefined,
): JsonObject & { readonly policyId: PolicyId } {
  const own = member(inline, 'policyId') ?? null;
  const policyId = typeof own === 'string' ? parsePolicyId(own) : policyIdOf(thingId);
  if (named !== undefined && named !== policyId) throw new ThingPolicyIdNotAllowed(thingId);
  return { ...inline, policyId };
}
