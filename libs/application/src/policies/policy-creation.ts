import type { JsonObject } from '@gemel/model/json';
import type { PolicyId } from '@gemel/model/ids';
import { livePolicy } from '@gemel/model/policies';
import type { PolicyChange, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicyChanges } from './policy-changes.js';

/** Makes the policy of a new thing, to be appended in the thing's commit. */
export class PolicyCreation {
  constructor(
    private readonly states: StateStore,
    private readonly changes: PolicyChanges,
  ) {}

  /**
   * Undefined when the id is taken by a policy.
   * @param policy content that is checked like the body of a PUT
   * @throws GemelError when the policy is not valid or the caller would not own it
   */
  async create(
    policy: JsonObject & { readonly policyId: PolicyId },
    context: SignalContext,
  ): Promise<PolicyChange | undefined> {
    const state = await this.states.policy(policy.policyId);
    if (livePolicy(state) !== undefined) return undefined;
    return this.changes.make({ kind: 'create', policyId: policy.policyId, value: policy }, state, context).change;
  }
}
