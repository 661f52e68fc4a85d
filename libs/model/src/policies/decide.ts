import { isJsonArray, valueAt } from '../json/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { PolicyEvent } from '../signals/index.js';
import { hasAdministrator } from './administrator.js';
import type { ModifyingPolicyCommand } from './command.js';
import { PolicyConflict, PolicyEntryNotAccessible, PolicyNotAccessible, PolicyPathUnknown } from './errors.js';
import { evolveContent } from './evolve.js';
import { checkIntegrity } from './integrity.js';
import { parsePolicyModification } from './modification.js';
import type { PolicyModification } from './modification.js';
import { formatPolicyPath } from './policy-path.js';
import type { PolicyPath } from './policy-path.js';
import { livePolicy } from './policy.js';
import type { Policy, PolicyState } from './policy.js';
import { policyResources } from './resources/index.js';
import type { PolicyContext, PolicyResourceDefinition } from './resources/index.js';

/** The part of an event that a command decides; revision, timestamp and headers are the caller's to add. */
export interface PolicyDecision {
  readonly action: PolicyEvent['action'];
  /** In its stored form: a resource key is one segment. */
  readonly path: JsonPointer;
  readonly value?: JsonValue;
  /** Whether what the path addresses came into being: 201 instead of 204. */
  readonly created: boolean;
  /** It is so already: there is nothing to commit. */
  readonly isDone?: boolean;
}

/** As `decideModification`, for a command as it came. @throws GemelError also when its value is not valid */
export function decidePolicy(
  command: ModifyingPolicyCommand,
  state: PolicyState | undefined,
  context: PolicyContext,
): PolicyDecision {
  return decideModification(parsePolicyModification(command, context), state);
}

/**
 * What a command does to a policy that the caller may write. Pure; a deleted policy counts as absent.
 * @throws GemelError with Ditto's code when the command does not fit the policy, or would leave nobody who can change it
 */
export function decideModification(modification: PolicyModification, state: PolicyState | undefined): PolicyDecision {
  const policy = livePolicy(state);
  const decision = decideContent(modification, policy);
  const { policyId, path } = modification;
  if (decision.isDone === true || (decision.action === 'deleted' && path.pointer.length === 0)) return decision;
  const after = evolveContent(policy, { id: policyId, ...decision });
  checkIntegrity(path, policy, after);
  if (!hasAdministrator(after)) throw policyResources[path.resource].modificationInvalid(policyId, path.pointer);
  return decision;
}

function decideContent(modification: PolicyModification, policy: Policy | undefined): PolicyDecision {
  const { kind, policyId, path, value } = modification;
  if (value === undefined) return decideDelete(modification, policy);
  if (path.pointer.length === 0) {
    if (kind === 'create' && policy !== undefined) throw new PolicyConflict(policyId);
    const created = policy === undefined;
    return { action: created ? 'created' : 'modified', path: [], value, created };
  }
  if (policy === undefined) throw new PolicyNotAccessible(policyId);
  requireContainer(policy, path);
  const { isTrait }: PolicyResourceDefinition = policyResources[path.resource];
  // An empty list of references is the same as none.
  const isNothing = path.resource === 'references' && isJsonArray(value) && value.length === 0;
  const created = isTrait !== true && !isNothing && valueAt(policy, path.pointer) === undefined;
  return { action: created ? 'created' : 'modified', path: path.pointer, value, created };
}

function decideDelete({ policyId, path }: PolicyModification, policy: Policy | undefined): PolicyDecision {
  const resource: PolicyResourceDefinition = policyResources[path.resource];
  if (!resource.deletable) throw new PolicyPathUnknown(formatPolicyPath(path.pointer));
  if (policy === undefined) throw new PolicyNotAccessible(policyId);
  requireContainer(policy, path);
  const decision = { action: 'deleted', path: path.pointer, created: false } as const;
  if (valueAt(policy, path.pointer) !== undefined) return decision;
  if (resource.whenUnset === undefined) throw new resource.notFound(policyId, formatPolicyPath(path.pointer));
  return { ...decision, isDone: true };
}

/** Parts of an entry need the entry, those of an import the import. */
function requireContainer(policy: Policy, { resource, pointer }: PolicyPath): void {
  const container = pointer.slice(0, 2);
  if (pointer.length < 3 || valueAt(policy, container) !== undefined) return;
  const NotFound = pointer[0] === 'entries' ? PolicyEntryNotAccessible : policyResources[resource].notFound;
  throw new NotFound(policy.policyId, formatPolicyPath(container));
}
