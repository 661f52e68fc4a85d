import { valueAt } from '../json/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { PolicyEvent } from '../signals/index.js';
import { hasAdministrator } from './administrator.js';
import type { CreatePolicy, DeletePolicy, ModifyPolicy, ModifyingPolicyCommand } from './command.js';
import { PolicyConflict, PolicyNotAccessible, PolicyPathUnknown } from './errors.js';
import { evolveContent } from './evolve.js';
import { formatPolicyPath, parsePolicyPath } from './policy-path.js';
import type { PolicyPath } from './policy-path.js';
import { livePolicy } from './policy.js';
import type { Policy, PolicyState } from './policy.js';
import { parsePolicy, policyResources } from './resources/index.js';
import type { PolicyContext } from './resources/index.js';

/** The part of an event that a command decides; revision, timestamp and headers are the caller's to add. */
export interface PolicyDecision {
  readonly action: PolicyEvent['action'];
  /** In its stored form: a resource key is one segment. */
  readonly path: JsonPointer;
  readonly value?: JsonValue;
  /** Whether what the path addresses came into being: 201 instead of 204. */
  readonly created: boolean;
}

/**
 * What a command does to a policy that the caller may write. Pure; a deleted policy counts as absent.
 * @throws GemelError with Ditto's code when the command does not fit the policy, or would leave nobody who can change it
 */
export function decidePolicy(
  command: ModifyingPolicyCommand,
  state: PolicyState | undefined,
  context: PolicyContext,
): PolicyDecision {
  const policy = livePolicy(state);
  const path = parsePolicyPath(command.kind === 'create' ? [] : command.path, context.caller);
  const decision = decideContent(command, path, policy, context);
  if (decision.action === 'deleted' && path.pointer.length === 0) return decision;
  if (!hasAdministrator(evolveContent(policy, { id: command.policyId, ...decision }))) {
    throw policyResources[path.resource].modificationInvalid(command.policyId, path.pointer);
  }
  return decision;
}

function decideContent(
  command: ModifyingPolicyCommand,
  path: PolicyPath,
  policy: Policy | undefined,
  context: PolicyContext,
): PolicyDecision {
  switch (command.kind) {
    case 'create':
      if (policy !== undefined) throw new PolicyConflict(command.policyId);
      return decideWhole(command, policy, context);
    case 'modify':
      if (path.pointer.length === 0) return decideWhole(command, policy, context);
      return decideModify(command, path, policy, context);
    case 'delete':
      return decideDelete(command, path, policy);
  }
}

function decideWhole(
  { policyId, value }: CreatePolicy | ModifyPolicy,
  policy: Policy | undefined,
  context: PolicyContext,
): PolicyDecision {
  const created = policy === undefined;
  return { action: created ? 'created' : 'modified', path: [], value: parsePolicy(value, policyId, context), created };
}

function decideModify(
  { policyId, value }: ModifyPolicy,
  path: PolicyPath,
  policy: Policy | undefined,
  context: PolicyContext,
): PolicyDecision {
  if (policy === undefined) throw new PolicyNotAccessible(policyId);
  requireEntry(policy, path);
  const stored = policyResources[path.resource].parse(value, context);
  const created = valueAt(policy, path.pointer) === undefined;
  return { action: created ? 'created' : 'modified', path: path.pointer, value: stored, created };
}

function decideDelete({ policyId }: DeletePolicy, path: PolicyPath, policy: Policy | undefined): PolicyDecision {
  const resource = policyResources[path.resource];
  if (!resource.deletable) throw new PolicyPathUnknown(formatPolicyPath(path.pointer));
  if (policy === undefined) throw new PolicyNotAccessible(policyId);
  requireEntry(policy, path);
  if (valueAt(policy, path.pointer) === undefined)
    throw new resource.notFound(policyId, formatPolicyPath(path.pointer));
  return { action: 'deleted', path: path.pointer, created: false };
}

/** Parts of an entry need the entry. */
function requireEntry(policy: Policy, { pointer }: PolicyPath): void {
  const entry = pointer.slice(0, 2);
  if (pointer.length < 3 || valueAt(policy, entry) !== undefined) return;
  throw new policyResources.entry.notFound(policy.policyId, formatPolicyPath(entry));
}
