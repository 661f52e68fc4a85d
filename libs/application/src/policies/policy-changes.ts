import { jsonSize } from '@gemel/model/json';
import {
  PolicyNotCreatable,
  PolicyTooLarge,
  compileEnforcer,
  decidePolicy,
  evolvePolicy,
  livePolicy,
} from '@gemel/model/policies';
import type { ModifyingPolicyCommand, PolicyDecision, PolicyState } from '@gemel/model/policies';
import type { Clock, PolicyChange } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

export interface PolicyLimits {
  /** Largest policy as JSON text, in bytes. */
  readonly maxPolicyBytes: number;
  /** Expiries of subjects are rounded up to whole ones of these, in milliseconds. */
  readonly expiryGranularity: number;
}

/** Ditto's defaults. */
export const DEFAULT_POLICY_LIMITS: PolicyLimits = { maxPolicyBytes: 102_400, expiryGranularity: 3_600_000 };

/** Makes the change of a policy that a command of an authorized caller asks for; appends nothing. */
export class PolicyChanges {
  constructor(
    private readonly clock: Clock,
    private readonly limits: PolicyLimits = DEFAULT_POLICY_LIMITS,
  ) {}

  /**
   * @throws GemelError when the command does not fit the policy; PolicyTooLarge;
   *   PolicyNotCreatable when the caller could not change the new policy
   */
  make(
    command: ModifyingPolicyCommand,
    state: PolicyState | undefined,
    context: SignalContext,
  ): { readonly change: PolicyChange; readonly decision: PolicyDecision } {
    const now = this.clock.now();
    const [caller] = context.subjects;
    const { expiryGranularity } = this.limits;
    const decision = decidePolicy(command, state, { caller, now, expiryGranularity });
    const { created: _created, ...content } = decision;
    const event = {
      entity: 'policy',
      id: command.policyId,
      revision: (state?.revision ?? 0) + 1,
      timestamp: now,
      ...content,
      headers: { ...context.headers, 'ditto-originator': caller },
    } as const;
    const after = evolvePolicy(state, event);
    this.#check(after, livePolicy(state) === undefined, context);
    return { change: { entity: 'policy', event, state: after }, decision };
  }

  #check({ policy, modified }: PolicyState, isNew: boolean, context: SignalContext): void {
    const size = jsonSize(policy);
    if (size > this.limits.maxPolicyBytes) throw new PolicyTooLarge(policy.policyId, size, this.limits.maxPolicyBytes);
    if (!isNew || context.allowPolicyLockout === true) return;
    const owner = compileEnforcer(policy, context.subjects, modified);
    if (!owner.permits('policy', [], 'WRITE')) throw new PolicyNotCreatable(policy.policyId);
  }
}
