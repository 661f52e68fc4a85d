import type { GemelError } from '@gemel/model/errors';
import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import { isJsonObject, selectFields, valueAt } from '@gemel/model/json';
import type { FieldSelector, JsonObject, JsonValue } from '@gemel/model/json';
import {
  PolicyNotAccessible,
  formatPolicyPath,
  livePolicy,
  parsePolicyPath,
  policyResources,
} from '@gemel/model/policies';
import type {
  ModifyingPolicyCommand,
  PolicyCommand,
  PolicyPath,
  PolicyState,
  RetrievePolicy,
} from '@gemel/model/policies';
import { formatInstant } from '@gemel/model/time';
import { RevisionConflict } from '../ports/index.js';
import type { EventLog, StateStore } from '../ports/index.js';
import { Turns, checkPreconditions, entityTag, preconditionErrors } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicyChanges } from './policy-changes.js';
import type { PolicyEnforcers } from './policy-enforcers.js';
import type { PolicyReply } from './policy-reply.js';

/** Losing this often to writers elsewhere means something is wrong; the last conflict is passed on. */
const MAX_ATTEMPTS = 20;

const policyPreconditions = preconditionErrors('policies');

/** Every command on policies, whichever way it came in. */
export class PolicyService {
  readonly #turns = new Turns();

  constructor(
    private readonly log: EventLog,
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
    private readonly changes: PolicyChanges,
  ) {}

  /** Retrieves, or changes and commits. @throws GemelError when refused */
  async execute(command: PolicyCommand, context: SignalContext): Promise<PolicyReply> {
    if (command.kind === 'retrieve') return this.#retrieve(command, context);
    return this.#turns.run([command.policyId], () => this.#write(command, context));
  }

  async #retrieve(command: RetrievePolicy, context: SignalContext): Promise<PolicyReply> {
    const { policyId } = command;
    const path = parsePolicyPath(command.path, context.subjects[0]);
    const state = await this.states.policy(policyId);
    const policy = livePolicy(state);
    const enforcer = this.enforcers.enforcerOf(state, context.subjects);
    if (state === undefined || policy === undefined || enforcer === undefined) throw new PolicyNotAccessible(policyId);

    const view = enforcer.viewPolicy(policy);
    const value = valueAt(view, path.pointer);
    if (value === undefined) throw notFound(policyId, path, view);
    const etag = entityTag(livePolicy(state), state.revision, path.pointer);
    checkPreconditions(context.preconditions ?? {}, etag, 'retrieve', policyPreconditions);
    return {
      outcome: 'retrieved',
      policyId,
      path: path.pointer,
      value: path.pointer.length === 0 ? project(value, state, command.fields) : value,
      revision: state.revision,
      ...(etag === undefined ? {} : { etag }),
    };
  }

  /** @throws GemelError when the caller may not do it, or a precondition does not hold */
  #authorize(command: ModifyingPolicyCommand, state: PolicyState | undefined, context: SignalContext): void {
    // Only the decision can refuse a creation: there is nothing yet to have rights on.
    if (command.kind === 'create') return;
    const { policyId } = command;
    const path = parsePolicyPath(command.path, context.subjects[0]);
    const enforcer = this.enforcers.enforcerOf(state, context.subjects);
    const creates = path.pointer.length === 0 && command.kind === 'modify';
    if (enforcer === undefined && !creates) throw new PolicyNotAccessible(policyId);
    if (enforcer?.permits('policy', path.pointer, 'WRITE') === false) {
      throw new policyResources[path.resource].notModifiable(policyId, formatPolicyPath(path.pointer));
    }
    const etag = entityTag(livePolicy(state), state?.revision ?? 0, path.pointer);
    checkPreconditions(context.preconditions ?? {}, etag, command.kind, policyPreconditions);
  }

  async #write(command: ModifyingPolicyCommand, context: SignalContext): Promise<PolicyReply> {
    for (let attempt = 1; ; attempt++) {
      const state = await this.states.policy(command.policyId);
      this.#authorize(command, state, context);
      const { change, decision } = this.changes.make(command, state, context);
      try {
        await this.log.append([change]);
      } catch (error) {
        if (error instanceof RevisionConflict && attempt < MAX_ATTEMPTS) continue;
        throw error;
      }
      const etag = entityTag(livePolicy(change.state), change.event.revision, decision.path);
      return {
        outcome: decision.created ? 'created' : decision.action,
        policyId: command.policyId,
        path: decision.path,
        ...(decision.created && decision.value !== undefined ? { value: decision.value } : {}),
        revision: change.event.revision,
        ...(etag === undefined ? {} : { etag }),
      };
    }
  }
}

/** The 404 of what is missing first on the way: the entry, or the part itself. */
function notFound(policyId: PolicyId, path: PolicyPath, view: JsonObject | undefined): GemelError {
  const entry = path.pointer.slice(0, 2);
  const missing: PolicyPath =
    valueAt(view, entry) === undefined && entry.length === 2 ? { resource: 'entry', pointer: entry } : path;
  return new policyResources[missing.resource].notFound(policyId, formatPolicyPath(missing.pointer));
}

/** The selected fields, hidden ones only when named. */
function project(view: JsonValue, state: PolicyState, fields: FieldSelector | undefined): JsonValue {
  if (fields === undefined || !isJsonObject(view)) return view;
  const hidden = {
    _namespace: namespaceOf(state.policy.policyId),
    _revision: state.revision,
    _created: formatInstant(state.created),
    _modified: formatInstant(state.modified),
  };
  return selectFields({ ...view, ...hidden }, fields);
}
