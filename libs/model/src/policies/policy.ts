import type { PolicyId } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Instant } from '../time/index.js';

declare const brand: unique symbol;
/** `issuer:subject`, for example `nginx:ditto`. */
export type SubjectId = string & { readonly [brand]: 'SubjectId' };

export const PERMISSIONS = ['READ', 'WRITE', 'EXECUTE'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const RESOURCE_TYPES = ['thing', 'policy', 'message'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

export const ALLOWED_ADDITIONS = ['subjects', 'resources', 'namespaces'] as const;
/** What an entry that references another one may add of its own. */
export type AllowedAddition = (typeof ALLOWED_ADDITIONS)[number];

export const IMPORTABLE = ['implicit', 'explicit', 'never'] as const;
/** Whether policies that import this one get the entry. */
export type Importable = (typeof IMPORTABLE)[number];

/** A policy's content as Ditto's JSON has it: defaults filled in, unknown members dropped. */
export interface Policy {
  readonly [key: string]: JsonValue;
  readonly policyId: PolicyId;
  readonly imports: { readonly [policyId: string]: PolicyImport };
  readonly entries: { readonly [label: string]: PolicyEntry };
}

/** What a policy takes over from another one; empty for its implicit entries alone. */
export interface PolicyImport {
  readonly [key: string]: JsonValue;
  /** Labels of explicit entries to take over besides. */
  readonly entries?: readonly string[];
  /** Which of the imported policy's own imports are resolved in it first. */
  readonly transitiveImports?: readonly PolicyId[];
}

export interface PolicyEntry {
  readonly [key: string]: JsonValue;
  readonly subjects: { readonly [subjectId: string]: Subject };
  /** Keys are `type:/path`, see {@link parseResourceKey}. */
  readonly resources: { readonly [resourceKey: string]: EffectedPermissions };
  /** Patterns of the namespaces of things and policies that the entry is for; absent or empty for all. */
  readonly namespaces?: readonly string[];
  readonly importable: Importable;
  /** Absent allows all, empty none. */
  readonly allowedAdditions?: readonly AllowedAddition[];
  /** Entries whose content this one has, too; never empty. */
  readonly references?: readonly EntryReference[];
}

/** Another entry, of the same policy unless `import` names one of its imports. */
export interface EntryReference {
  readonly [key: string]: JsonValue;
  readonly import?: PolicyId;
  readonly entry: string;
}

export interface Subject {
  readonly [key: string]: JsonValue;
  /** Free text. */
  readonly type: string;
  /** ISO 8601; from then on the subject counts as absent. */
  readonly expiry?: string;
  /** How its deletion is announced: Ditto's `SubjectAnnouncement`. */
  readonly announcement?: JsonObject;
}

export interface EffectedPermissions {
  readonly [key: string]: JsonValue;
  readonly grant: readonly Permission[];
  readonly revoke: readonly Permission[];
}

/** A policy at a revision, as committed. */
export interface PolicyState {
  readonly policy: Policy;
  /** The revision of the last event. */
  readonly revision: number;
  readonly created: Instant;
  readonly modified: Instant;
  /** A deleted policy keeps its id and revision so that a later creation continues counting; it has no entries. */
  readonly deleted: boolean;
}

/** The policy of a state unless it is deleted. */
export function livePolicy(state: PolicyState | undefined): Policy | undefined {
  return state === undefined || state.deleted ? undefined : state.policy;
}

/** Types what the store or the decider already checked; nothing is verified again. */
export function parseStoredPolicy(value: JsonValue): Policy {
  return value as Policy;
}
