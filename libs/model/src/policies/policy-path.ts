import { parsePolicyId } from '../ids/index.js';
import { formatPointer } from '../json/index.js';
import type { JsonPointer } from '../json/index.js';
import { PolicyPathUnknown } from './errors.js';
import type { SubjectId } from './policy.js';
import { formatResourceKey, parseResourceKey } from './resource-key.js';
import { checkLabel } from './resources/label.js';
import type { PolicyResource } from './resources/policy-resource.js';
import { parseSubjectTemplate } from './subject-id.js';

/** Where in a policy something is. */
export interface PolicyPath {
  readonly resource: PolicyResource;
  /** Into the policy's JSON: a resource key is one segment. */
  readonly pointer: JsonPointer;
}

/** What an entry has. */
const PARTS = {
  importable: 'importable',
  namespaces: 'namespaces',
  allowedAdditions: 'allowedAdditions',
  references: 'references',
  subjects: 'subjects',
  resources: 'resources',
} as const;
/** What an import has. */
const IMPORT_PARTS = { entries: 'importEntries', transitiveImports: 'transitiveImports' } as const;

/**
 * Finds out what a pointer addresses, and puts the names on it into their stored form: placeholders resolved,
 * resource keys joined to one segment.
 * @throws PolicyPathUnknown, LabelInvalid, SubjectIdInvalid, PolicyEntryInvalid, PolicyIdInvalid
 */
export function parsePolicyPath(pointer: JsonPointer, caller: SubjectId): PolicyPath {
  const [entries, label, part, ...rest] = pointer;
  if (entries === undefined) return { resource: 'policy', pointer };
  if (entries === 'imports') return parseImportPath(pointer);
  if (entries !== 'entries') throw new PolicyPathUnknown(formatPointer(pointer));
  if (label === undefined) return { resource: 'entries', pointer };
  checkLabel(label);
  if (part === undefined) return { resource: 'entry', pointer };
  if (rest.length === 0) {
    if (!Object.hasOwn(PARTS, part)) throw new PolicyPathUnknown(formatPointer(pointer));
    return { resource: PARTS[part as keyof typeof PARTS], pointer };
  }
  return parseLeaf(part, rest, pointer, caller);
}

function parseImportPath(pointer: JsonPointer): PolicyPath {
  const [, imported, part, ...rest] = pointer;
  if (imported === undefined) return { resource: 'imports', pointer };
  parsePolicyId(imported);
  if (part === undefined) return { resource: 'import', pointer };
  if (rest.length > 0 || !Object.hasOwn(IMPORT_PARTS, part)) throw new PolicyPathUnknown(formatPointer(pointer));
  return { resource: IMPORT_PARTS[part as keyof typeof IMPORT_PARTS], pointer };
}

function parseLeaf(part: string, rest: JsonPointer, pointer: JsonPointer, caller: SubjectId): PolicyPath {
  const above = pointer.slice(0, 3);
  if (part === 'subjects' && rest.length === 1) {
    return { resource: 'subject', pointer: [...above, parseSubjectTemplate(rest[0] ?? '', caller)] };
  }
  if (part === 'resources') {
    return { resource: 'resource', pointer: [...above, formatResourceKey(parseResourceKey(joinKey(rest)))] };
  }
  throw new PolicyPathUnknown(formatPointer(pointer));
}

/** A path of a permission on a policy, a resource key in it joined to one segment as in the policy's JSON. */
export function joinResourceKey(path: JsonPointer): JsonPointer {
  if (path.length < 4 || path[0] !== 'entries' || path[2] !== 'resources') return path;
  const key = joinKey(path.slice(3));
  return [...path.slice(0, 3), key.endsWith(':') ? `${key}/` : key];
}

/** A stored pointer as Ditto writes it: the slashes of a resource key are not escaped. */
export function formatPolicyPath(pointer: JsonPointer): string {
  const [, , part, key] = pointer;
  if (part !== 'resources' || key === undefined) return formatPointer(pointer);
  return `${formatPointer(pointer.slice(0, 3))}/${key}`;
}

function joinKey(segments: JsonPointer): string {
  const [only, ...more] = segments;
  return only !== undefined && more.length === 0 ? only : formatPointer(segments).slice(1);
}
