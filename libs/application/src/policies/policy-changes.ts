import type { PolicyId } from '@gemel/model/ids';
import { jsonSize } from '@gemel/model/json';
import { resolvePayload } from '@gemel/model/placeholders';
import { PolicyTooLarge, decideModification, evolvePolicy, parsePolicyModification } from '@gemel/model/policies';
import type { ModifyingPolicyCommand, PolicyDecision, PolicyModification, PolicyState } from '@gemel/model/policies';
import { decideTokenIntegration } from '@gemel/model/policy-actions';
import type { TokenIntegration } from '@gemel/model/policy-actions';
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

  /** Reads a command whoever sends it. @throws GemelError when its path or value is not valid; PolicyTooLarge */
  read(command: ModifyingPolicyCommand, context: SignalContext): PolicyModification {
    const { expiryGranularity } = this.limits;
    const [caller] = context.subjects;
    const now = this.clock.now();
    const given = this.#resolved(command, { subjectId: caller, now });
    const modification = parsePolicyModification(given, { caller, now, expiryGranularity });
    if (modification.value !== undefined) this.#checkSize(command.policyId, jsonSize(modification.value));
    return modification;
  }

  /** With the placeholders in its value replaced. */
  #resolved(command: ModifyingPolicyCommand, who: Parameters<typeof resolvePayload>[1]): ModifyingPolicyCommand {
    switch (command.kind) {
      case 'create':
        return { ...command, value: resolvePayload(command.value, who) };
      case 'modify':
        return { ...command, value: resolvePayload(command.value, who) };
      case 'delete':
        return command;
    }
  }

  /**
   * The change is absent when there is nothing to do.
   * @throws GemelError when the command does not fit the policy; PolicyTooLarge
   */
  make(
    modification: PolicyModification,
    state: PolicyState | undefined,
    context: SignalContext,
  ): { readonly change?: PolicyChange; readonly decision: PolicyDecision } {
    return this.#of(modification.policyId, decideModification(modification, state), state, context);
  }

  /** As `make`, for what a caller's token does to a policy that there is. @throws GemelError */
  integrateToken(
    command: TokenIntegration,
    state: PolicyState,
    labels: readonly string[],
    context: SignalContext,
  ): PolicyChange | undefined {
    const decision = decideTokenIntegration(command, state.policy, labels, {
      caller: context.subjects,
      now: this.clock.now(),
      expiryGranularity: this.limits.expiryGranularity,
    });
    return this.#of(command.policyId, decision, state, context).change;
  }

  #of(
    policyId: PolicyId,
    decision: PolicyDecision,
    state: PolicyState | undefined,
    context: SignalContext,
  ): { readonly change?: PolicyChange; readonly decision: PolicyDecision } {
    if (decision.isDone === true) return { decision };
    const { created: _created, ...content } = decision;
    const event = {
      entity: 'policy',
      id: policyId,
      revision: (state?.revision ?? 0) + 1,
      timestamp: this.clock.now(),
      ...content,
      headers: { ...context.headers, 'ditto-originator': context.subjects[0] },
    } as const;
    const after = evolvePolicy(state, event);
    this.#checkSize(policyId, jsonSize(after.policy));
    return { change: { entity: 'policy', event, state: after }, decision };
  }

  #checkSize(policyId: PolicyModification['policyId'], size: number): void {
    if (size > this.limits.maxPolicyBytes) throw new PolicyTooLarge(policyId, size, this.limits.maxPolicyBytes);
  }
}
