import type { CreationRules } from '@gemel/model/creation';
import { jsonEquals, valueAt } from '@gemel/model/json';
import {
  PolicyNotAccessible,
  PolicyTooManyModifyingRequests,
  formatPolicyPath,
  livePolicy,
  policyResources,
} from '@gemel/model/policies';
import type { PolicyCommand, PolicyDecision, PolicyModification, PolicyPath, PolicyState } from '@gemel/model/policies';
import type { SubjectAnnouncer } from '../announcements/index.js';
import type { EventLog, PolicyChange, StateStore } from '../ports/index.js';
import { Turns, checkPreconditions, tagged, untilFirst } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ImportAccess } from './import-access.js';
import type { PolicyChanges } from './policy-changes.js';
import { newPolicy, requireOwner } from './policy-creation.js';
import type { PolicyEnforcers } from './policy-enforcers.js';
import { policyPreconditions } from './policy-preconditions.js';
import type { PolicyReader } from './policy-reader.js';
import type { PolicyReply } from './policy-reply.js';
import { policyTag } from './policy-tag.js';

/** Changes that wait for their turn on one policy, as Ditto bounds those of one thing (contract 2.7). */
const MAX_WAITING = 100;

export interface PolicyServiceParts {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly changes: PolicyChanges;
  readonly imports: ImportAccess;
  readonly reader: PolicyReader;
  readonly creation: CreationRules;
  /** Is told of each change; nobody when absent. */
  readonly announcer?: Pick<SubjectAnnouncer, 'changed'> | undefined;
}

/** Every command on policies, whichever way it came in. */
export class PolicyService {
  readonly #turns = new Turns();

  constructor(private readonly parts: PolicyServiceParts) {}

  /** Retrieves, or changes and commits. @throws GemelError when refused */
  async execute(command: PolicyCommand, context: SignalContext): Promise<PolicyReply> {
    if (command.kind === 'retrieve') return this.parts.reader.retrieve(command, context);
    const modification = this.parts.changes.read(command, context);
    const { policyId } = command;
    if (context.isPatient !== true && this.#turns.waiting(policyId) >= MAX_WAITING)
      throw new PolicyTooManyModifyingRequests(policyId);
    return this.#turns.run([policyId], () => this.#write(modification, context));
  }

  /**
   * In Ditto's order: the rules of creation, what is imported, the right to change the policy or to create it, entity tags.
   * @throws GemelError of the first that does not hold
   */
  async #authorize(
    modification: PolicyModification,
    state: PolicyState | undefined,
    context: SignalContext,
  ): Promise<void> {
    const { enforcers, imports, creation } = this.parts;
    const { kind, path, policyId } = modification;
    const policy = livePolicy(state);
    const creates = kind === 'create' || (path.pointer.length === 0 && kind !== 'delete' && policy === undefined);
    if (creates) creation.check(newPolicy(policyId, context));
    await imports.check(modification, policy, context.subjects);
    if (creates) await requireOwner(modification, context, enforcers);
    else await this.#requireWrite(modification, state, context);
    // POST makes an id of its own: there is nothing that its tags could be about.
    if (kind === 'create') return;
    const etag = policyTag(policy, state?.revision ?? 0, path);
    checkPreconditions(context.preconditions ?? {}, etag, kind, policyPreconditions);
  }

  async #requireWrite(
    { policyId, path }: PolicyModification,
    state: PolicyState | undefined,
    context: SignalContext,
  ): Promise<void> {
    const enforcer = await this.parts.enforcers.onState(state, context.subjects);
    if (enforcer === undefined) throw new PolicyNotAccessible(policyId);
    if (enforcer.permits('policy', path.pointer, 'WRITE')) return;
    throw new policyResources[path.resource].notModifiable(policyId, formatPolicyPath(path.pointer));
  }

  /** A policy that takes over too much gives nobody any right, its owner neither. @throws PolicyTakesOverTooMuch */
  async #checkImports(change: PolicyChange | undefined, { pointer }: PolicyPath): Promise<void> {
    const after = livePolicy(change?.state);
    if (after === undefined || (pointer.length > 0 && pointer[0] !== 'imports')) return;
    await this.parts.enforcers.checkDraft(after);
  }

  #write(modification: PolicyModification, context: SignalContext): Promise<PolicyReply> {
    const { policyId, path } = modification;
    return untilFirst(async () => {
      const state = await this.parts.states.policy(policyId);
      await this.#authorize(modification, state, context);
      const { change, decision } = this.parts.changes.make(modification, state, context);
      if (context.ifEqual === 'skip' && decision.action === 'modified') refuseEqual(decision, state, path);
      await this.#checkImports(change, path);
      if (change !== undefined) await this.parts.log.append([change]);
      const after = change?.state ?? state;
      this.parts.announcer?.changed(state, after);
      const revision = after?.revision ?? 0;
      const etag = policyTag(livePolicy(after), revision, path);
      return {
        outcome: decision.created ? 'created' : decision.action,
        policyId,
        path: decision.path,
        ...(decision.created && decision.value !== undefined ? { value: decision.value } : {}),
        revision,
        ...(etag === undefined ? {} : { etag }),
      };
    });
  }
}

/** What `if-equal: skip` is for; the id of a whole policy is on both sides. @throws GemelError 412 with the current entity tag */
function refuseEqual({ value }: PolicyDecision, state: PolicyState | undefined, path: PolicyPath): void {
  const policy = livePolicy(state);
  if (!jsonEquals(valueAt(policy, path.pointer), value)) return;
  throw tagged(new policyPreconditions.equal(), policyTag(policy, state?.revision ?? 0, path));
}
