import type { PolicyId } from '@gemel/model/ids';
import { PolicyActionNotAllowed, PolicyNotAccessible, livePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import { actionPath } from '@gemel/model/policy-actions';
import type { TokenIntegration } from '@gemel/model/policy-actions';
import type { EventLog, StateStore } from '../ports/index.js';
import { untilFirst } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicyChanges } from './policy-changes.js';
import type { PolicyEnforcers } from './policy-enforcers.js';
import type { PolicyReply } from './policy-reply.js';

export interface TokenIntegrationParts {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly changes: PolicyChanges;
}

/** Ditto's policy actions: whoever may EXECUTE them lends their rights in a policy to a subject made of their token. */
export class TokenIntegrations {
  constructor(private readonly parts: TokenIntegrationParts) {}

  /** @throws PolicyNotAccessible, PolicyActionNotAllowed, and what `decideTokenIntegration` throws */
  async execute(command: TokenIntegration, context: SignalContext): Promise<PolicyReply> {
    const { states, changes, log } = this.parts;
    const { policyId } = command;
    return untilFirst(async () => {
      const state = await states.policy(policyId);
      const labels = await this.#authorize(command, state, context);
      if (state === undefined) throw new PolicyNotAccessible(policyId);
      const change = changes.integrateToken(command, state, labels, context);
      if (change !== undefined) await log.append([change]);
      return replyOf(policyId, change?.state ?? state);
    });
  }

  /** Labels of the entries that the caller may act on: one at least. */
  async #authorize(
    { action, policyId, label }: TokenIntegration,
    state: PolicyState | undefined,
    context: SignalContext,
  ): Promise<readonly string[]> {
    const policy = livePolicy(state);
    const enforcer = await this.parts.enforcers.onState(state, context.subjects);
    if (policy === undefined || enforcer === undefined) throw new PolicyNotAccessible(policyId);
    const labels = (label === undefined ? Object.keys(policy.entries) : [label]).filter((each) =>
      enforcer.permits('policy', actionPath(each, action), 'EXECUTE'),
    );
    if (labels.length === 0) throw new PolicyActionNotAllowed(action);
    return labels;
  }
}

function replyOf(policyId: PolicyId, { revision }: PolicyState): PolicyReply {
  return { outcome: 'modified', policyId, path: [], revision };
}
