import { ALLOWED_ADDITIONS } from './policy.js';
import type { AllowedAddition, EffectedPermissions, EntryReference, PolicyEntry, Subject } from './policy.js';

/**
 * An entry with the content of those that it references: subjects, resources and namespaces of all of them, then its own
 * as far as each of them allows. Of subjects that are there twice the first one counts. The referenced ones are taken
 * as they are: references do not chain. Those marked `importable: never`, and those that are missing, give nothing.
 */
export function mergeReferences(
  own: PolicyEntry,
  find: (reference: EntryReference) => PolicyEntry | undefined,
): PolicyEntry {
  const { references = [] } = own;
  const referenced = references
    .map(find)
    .filter((entry) => entry !== undefined)
    .filter(({ importable }) => importable !== 'never');
  const allows = (addition: AllowedAddition) =>
    referenced.every(({ allowedAdditions }) => allowedAdditions?.includes(addition) ?? true);
  const having = (addition: AllowedAddition) => (allows(addition) ? [...referenced, own] : referenced);
  const namespaces = having('namespaces').flatMap((entry) => entry.namespaces ?? []);
  const isRestricted = [...referenced, own].some(({ allowedAdditions }) => allowedAdditions !== undefined);
  return {
    subjects: mergeSubjects(having('subjects')),
    resources: mergeResources(having('resources')),
    ...(namespaces.length === 0 ? {} : { namespaces: [...new Set(namespaces)] }),
    importable: own.importable,
    ...(isRestricted
      ? { allowedAdditions: ALLOWED_ADDITIONS.filter((each) => allows(each) && allowedBy(own, each)) }
      : {}),
    ...(references.length === 0 ? {} : { references }),
  };
}

function allowedBy({ allowedAdditions }: PolicyEntry, addition: AllowedAddition): boolean {
  return allowedAdditions?.includes(addition) ?? true;
}

function mergeSubjects(entries: readonly PolicyEntry[]): PolicyEntry['subjects'] {
  const merged = new Map<string, Subject>();
  for (const { subjects } of entries) {
    for (const [id, subject] of Object.entries(subjects)) if (!merged.has(id)) merged.set(id, subject);
  }
  return Object.fromEntries(merged);
}

function mergeResources(entries: readonly PolicyEntry[]): PolicyEntry['resources'] {
  const merged = new Map<string, EffectedPermissions>();
  for (const { resources } of entries) {
    for (const [key, { grant, revoke }] of Object.entries(resources)) {
      const before = merged.get(key);
      merged.set(key, {
        grant: [...new Set([...(before?.grant ?? []), ...grant])],
        revoke: [...new Set([...(before?.revoke ?? []), ...revoke])],
      });
    }
  }
  return Object.fromEntries(merged);
}
