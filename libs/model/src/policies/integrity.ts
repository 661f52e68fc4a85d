import { PolicyEntryInvalid, PolicyEntryReferenceConflict, PolicyImportReferenceConflict } from './errors.js';
import type { PolicyPath } from './policy-path.js';
import type { EntryReference, Policy, PolicyImport } from './policy.js';
import { checkCount } from './resources/index.js';

/**
 * Whether the parts of a policy still fit together after a change at the path: references point at what is there and
 * may be referenced, and nothing is taken away from under one.
 * @throws PolicyEntryInvalid, PolicyEntryReferenceConflict, PolicyImportReferenceConflict, PolicyImportsTooLarge
 */
export function checkIntegrity({ resource, pointer }: PolicyPath, before: Policy | undefined, after: Policy): void {
  const [, name = ''] = pointer;
  switch (resource) {
    case 'policy':
    case 'entries':
    case 'references':
      checkReferences(after);
      return;
    case 'entry':
      if (!Object.hasOwn(after.entries, name)) refuseReferenced(after, name);
      checkReferences(after);
      return;
    case 'importable':
      if (after.entries[name]?.importable === 'never') refuseReferenced(after, name);
      return;
    case 'imports':
    case 'import':
    case 'importEntries':
      checkCount(Object.keys(after.imports).length);
      checkImports(before, after);
      return;
    default:
      return;
  }
}

function checkReferences(policy: Policy): void {
  for (const [label, { references = [] }] of Object.entries(policy.entries)) {
    const seen = new Set<string>();
    for (const reference of references) {
      const key = JSON.stringify([reference.import ?? null, reference.entry]);
      const fault = seen.has(key) ? `it references '${reference.entry}' twice` : faultOf(policy, label, reference);
      seen.add(key);
      if (fault === undefined) continue;
      throw new PolicyEntryInvalid(
        `the references of '${label}' do not fit, for ${fault}`,
        'Reference other entries of the Policy, or of a policy that it imports, which are not importable never.',
      );
    }
  }
}

function faultOf(policy: Policy, label: string, { import: imported, entry }: EntryReference): string | undefined {
  if (imported !== undefined) {
    return Object.hasOwn(policy.imports, imported) ? undefined : `'${imported}' is not among the imports`;
  }
  if (entry === label) return 'an entry cannot reference itself';
  const target = Object.hasOwn(policy.entries, entry) ? policy.entries[entry] : undefined;
  if (target === undefined) return `there is no entry '${entry}'`;
  return target.importable === 'never' ? `'${entry}' is importable never` : undefined;
}

function refuseReferenced(policy: Policy, label: string): void {
  const referencing = labelWith(policy, (each) => each.import === undefined && each.entry === label);
  if (referencing !== undefined) throw new PolicyEntryReferenceConflict(policy.policyId, label, referencing);
}

/** No reference loses its import, nor an explicit entry that the import listed. */
function checkImports(before: Policy | undefined, after: Policy): void {
  for (const [id, old] of Object.entries(before?.imports ?? {})) {
    const now: PolicyImport | undefined = Object.hasOwn(after.imports, id) ? after.imports[id] : undefined;
    const lost = (old.entries ?? []).filter((label) => now?.entries?.includes(label) !== true);
    const referencing = labelWith(
      after,
      (each) => each.import === id && (now === undefined || lost.includes(each.entry)),
    );
    if (referencing !== undefined) throw new PolicyImportReferenceConflict(after.policyId, id, referencing);
  }
}

/** The label of an entry with such a reference. */
function labelWith(policy: Policy, test: (reference: EntryReference) => boolean): string | undefined {
  return Object.entries(policy.entries).find(([, { references = [] }]) => references.some(test))?.[0];
}
