import type { CreationRules, NewEntity } from '@gemel/model/creation';
import { namespaceOf } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { PolicyId } from '@gemel/model/ids';
import { PolicyNotCreatable, livePolicy, parseStoredPolicy } from '@gemel/model/policies';
import type { PolicyModification, PolicyRights } from '@gemel/model/policies';
import type { PolicyChange, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ImportAccess } from './import-access.js';
import type { PolicyChanges } from './policy-changes.js';
import type { PolicyEnforcers } from './policy-enforcers.js';

export interface PolicyCreationParts {
  readonly states: StateStore;
  readonly changes: PolicyChanges;
  readonly enforcers: PolicyEnforcers;
  readonly imports: ImportAccess;
  readonly creation: CreationRules;
}

/** Makes the policy of a new thing, to be appended in the thing's commit. */
export class PolicyCreation {
  constructor(private readonly parts: PolicyCreationParts) {}

  /**
   * Undefined when the id is taken by a policy.
   * @param policy content that is checked like the body of a PUT
   * @throws GemelError when the policy is not valid or the caller would not own it
   */
  async create(
    policy: JsonObject & { readonly policyId: PolicyId },
    context: SignalContext,
  ): Promise<{ readonly change: PolicyChange; readonly rights: PolicyRights } | undefined> {
    const { states, changes, enforcers, imports, creation } = this.parts;
    const { policyId } = policy;
    creation.check(newPolicy(policyId, context));
    const state = await states.policy(policyId);
    if (livePolicy(state) !== undefined) return undefined;
    const modification = changes.read({ kind: 'create', policyId, value: policy }, context);
    await imports.check(modification, undefined, context.subjects);
    const rights = await requireOwner(modification, context, enforcers);
    const { change } = changes.make(modification, state, context);
    return change === undefined ? undefined : { change, rights };
  }
}

/** What the rules of creation look at. */
export function newPolicy(policyId: PolicyId, { subjects }: SignalContext): NewEntity {
  return { type: 'policy', id: policyId, namespace: namespaceOf(policyId), subjects };
}

/**
 * What the caller could do under the new policy: they must be able to change it, unless they want it otherwise.
 * @throws PolicyNotCreatable
 */
export async function requireOwner(
  { policyId, value }: PolicyModification,
  { subjects, allowPolicyLockout }: SignalContext,
  enforcers: PolicyEnforcers,
): Promise<PolicyRights> {
  const rights = await enforcers.onDraft(parseStoredPolicy(value ?? null), subjects);
  if (allowPolicyLockout === true || rights.on(policyId).permits('policy', [], 'WRITE')) return rights;
  throw new PolicyNotCreatable(policyId);
}
