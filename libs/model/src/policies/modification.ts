import type { PolicyId } from '../ids/index.js';
import type { JsonValue } from '../json/index.js';
import type { ModifyingPolicyCommand } from './command.js';
import { PolicyPathUnknown } from './errors.js';
import { evolveContent } from './evolve.js';
import { formatPolicyPath, parsePolicyPath } from './policy-path.js';
import type { PolicyPath } from './policy-path.js';
import type { EntryReference, Policy, PolicyEntry } from './policy.js';
import { policyResources } from './resources/index.js';
import type { PolicyContext, PolicyResourceDefinition } from './resources/index.js';

/** A modifying command whose path and value are valid by themselves, whatever the policy holds. */
export interface PolicyModification {
  readonly kind: ModifyingPolicyCommand['kind'];
  readonly policyId: PolicyId;
  readonly path: PolicyPath;
  /** As it is stored; absent for a deletion. */
  readonly value?: JsonValue;
}

/**
 * Reads a command. Refuses before anything is known of the policy or of the caller's rights, as Ditto's gateway does.
 * @throws GemelError
 */
export function parsePolicyModification(command: ModifyingPolicyCommand, context: PolicyContext): PolicyModification {
  const { kind, policyId } = command;
  const path = parsePolicyPath(kind === 'create' ? [] : command.path, context.caller);
  const resource: PolicyResourceDefinition = policyResources[path.resource];
  if (kind === 'delete') {
    if (!resource.deletable) throw new PolicyPathUnknown(formatPolicyPath(path.pointer));
    return { kind, policyId, path };
  }
  const value = resource.parse(command.value, context, { policyId, pointer: path.pointer });
  return { kind, policyId, path, value };
}

/** What a modification takes over from other policies: its sender must be allowed to read it there. */
export interface TakenOver {
  readonly imports: Policy['imports'];
  readonly references: readonly EntryReference[];
}

/** What the modification would bring in, of a policy that may be absent. Transitive imports are not asked for, as in Ditto. */
export function takenOverBy(modification: PolicyModification, before: Policy | undefined): TakenOver {
  const { policyId: id, path, value } = modification;
  if (value === undefined) return { imports: {}, references: [] };
  const after = evolveContent(before, { id, action: 'modified', path: path.pointer, value });
  const [, name = ''] = path.pointer;
  switch (path.resource) {
    case 'policy':
      return { imports: after.imports, references: referencesOf(Object.values(after.entries)) };
    case 'imports':
      return { imports: after.imports, references: [] };
    case 'import':
      return { imports: only(after.imports, name), references: [] };
    case 'importEntries':
      // Of an import that is not there nothing is taken over: the decision refuses it.
      return { imports: Object.hasOwn(before?.imports ?? {}, name) ? only(after.imports, name) : {}, references: [] };
    case 'entries':
      return { imports: {}, references: referencesOf(Object.values(after.entries)) };
    case 'entry':
    case 'references':
      return { imports: {}, references: referencesOf(Object.values(only(after.entries, name))) };
    default:
      return { imports: {}, references: [] };
  }
}

/** References to entries of other policies. */
function referencesOf(entries: readonly PolicyEntry[]): readonly EntryReference[] {
  return entries.flatMap((entry) => entry.references ?? []).filter((reference) => reference.import !== undefined);
}

function only<Value>(values: Readonly<Record<string, Value>>, name: string): Readonly<Record<string, Value>> {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === undefined ? {} : { [name]: value };
}
