import type { GemelError } from '@gemel/model/errors';
import { isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import {
  PolicyEntryNotAccessible,
  PolicyHistoryNotAccessible,
  PolicyNotAccessible,
  formatPolicyPath,
  livePolicy,
  parsePolicyPath,
  policyResources,
} from '@gemel/model/policies';
import type {
  Enforcer,
  Policy,
  PolicyPath,
  PolicyResourceDefinition,
  PolicyState,
  RetrievePolicy,
} from '@gemel/model/policies';
import { historicalHeaders } from '../past/index.js';
import type { PastStates } from '../past/index.js';
import type { StateStore } from '../ports/index.js';
import { checkPreconditions } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { EffectiveView } from './effective-view.js';
import type { PolicyEnforcers } from './policy-enforcers.js';
import { project } from './policy-projection.js';
import { policyPreconditions } from './policy-preconditions.js';
import type { PolicyReply } from './policy-reply.js';
import { policyTag } from './policy-tag.js';

export interface PolicyReaderParts {
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly past: PastStates;
  /** Names of the headers that are told of what led to a past state. */
  readonly historicalHeaders: readonly string[];
}

/** Answers retrieves with what the caller may read. */
export class PolicyReader {
  readonly #effective: EffectiveView;

  constructor(private readonly parts: PolicyReaderParts) {
    this.#effective = new EffectiveView(parts.states, parts.enforcers);
  }

  /** @throws GemelError the 404 of what is addressed when it is not there, or nothing of it is readable */
  async retrieve(command: RetrievePolicy, context: SignalContext): Promise<PolicyReply> {
    const { policyId, fields } = command;
    const path = parsePolicyPath(command.path, context.subjects[0]);
    const current = await this.parts.states.policy(policyId);
    const enforcer = await this.parts.enforcers.onState(current, context.subjects);
    if (current === undefined || enforcer === undefined) throw new PolicyNotAccessible(policyId);
    if (!enforcer.permitsPartially('policy', path.pointer, 'READ')) throw notFound(policyId, path);

    // What was in the past is read under today's policy, and only while the policy is there (as in Ditto).
    const { state, policy, headers } = await this.#at(current, context);
    const { revision } = state;
    const reply = {
      outcome: 'retrieved',
      policyId,
      path: path.pointer,
      revision,
      ...(headers && { headers }),
    } as const;
    if (path.resource === 'policy' && context.policyView === 'resolved') {
      // Its parts change without its revision: neither has it a tag, nor do preconditions count.
      const effective = await this.#effective.of(state, context.subjects);
      return { ...reply, value: project(enforcer.viewPolicy(effective) ?? {}, state, fields) };
    }
    const value = readable(policy, path, enforcer);
    const etag = policyTag(policy, revision, path);
    checkPreconditions(context.preconditions ?? {}, etag, 'retrieve', policyPreconditions);
    return {
      ...reply,
      value: path.resource === 'policy' && isJsonObject(value) ? project(value, state, fields) : value,
      ...(etag === undefined ? {} : { etag }),
    };
  }

  /** @throws PolicyHistoryNotAccessible */
  async #at(current: PolicyState, { past: moment }: SignalContext): Promise<PolicyThen> {
    const { policyId } = current.policy;
    if (moment === undefined) return { state: current, policy: current.policy };
    const { past, historicalHeaders: names } = this.parts;
    const found = await past.policy(policyId, moment, current.revision);
    const policy = livePolicy(found?.state);
    if (found === undefined || policy === undefined) throw new PolicyHistoryNotAccessible(policyId, moment);
    return { state: found.state, policy, headers: historicalHeaders(found.headers, names) };
  }
}

interface PolicyThen {
  readonly state: PolicyState;
  readonly policy: Policy;
  /** Of the response. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws GemelError what is addressed is not there, though it could be read */
function readable(policy: Policy, path: PolicyPath, enforcer: Enforcer): JsonValue {
  const { resource, pointer } = path;
  const view = enforcer.viewPolicy(policy);
  const value = valueAt(view, pointer);
  if (value !== undefined) return value;
  const { whenUnset }: PolicyResourceDefinition = policyResources[resource];
  const container = pointer.slice(0, 2);
  const hasContainer = valueAt(policy, container) !== undefined;
  if (pointer.length > 2 && !hasContainer && pointer[0] === 'entries') {
    throw new PolicyEntryNotAccessible(policy.policyId, formatPolicyPath(container));
  }
  if (hasContainer && whenUnset !== undefined && valueAt(policy, pointer) === undefined) return whenUnset;
  throw notFound(policy.policyId, path);
}

function notFound(policyId: Policy['policyId'], { resource, pointer }: PolicyPath): GemelError {
  return new policyResources[resource].notFound(policyId, formatPolicyPath(pointer));
}
