import type { PolicyId } from '../ids/index.js';
import { valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer } from '../json/index.js';
import { resolveTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';
import {
  PolicyActionFailed,
  PolicyActionNotApplicable,
  PolicyEntryModificationInvalid,
  evolveContent,
  futureExpiry,
  hasAdministrator,
  parseResourceKey,
  parseSubjectId,
} from '../policies/index.js';
import type { Policy, PolicyDecision, PolicyEntry, Subject, SubjectId } from '../policies/index.js';
import { formatInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';

/** Ditto's names of the actions. */
export type TokenAction = 'activateTokenIntegration' | 'deactivateTokenIntegration';

/** Puts a subject made of the caller's token into entries of a policy that name the caller, or takes it out. */
export interface TokenIntegration {
  readonly action: TokenAction;
  readonly policyId: PolicyId;
  /** Of the only entry; undefined for all in which the caller may do it. */
  readonly label?: string | undefined;
  /** Of the subject: `jwt:`, `header:` and `policy-entry:` placeholders. */
  readonly template: Template;
  readonly claims: JsonObject;
  readonly headers: JsonObject;
  /** Of the token, and so of the subject. */
  readonly expiry: Instant;
  /** In its stored form. */
  readonly announcement?: JsonObject | undefined;
}

export interface TokenIntegrationContext {
  readonly caller: readonly SubjectId[];
  readonly now: Instant;
  readonly expiryGranularity: number;
}

/** Where EXECUTE is needed. */
export function actionPath(label: string, action: TokenAction): JsonPointer {
  return ['entries', label, 'actions', action];
}

/**
 * @param labels of the entries in which the caller has EXECUTE
 * @throws PolicyActionNotApplicable when the caller is in none of them; PolicyActionFailed, SubjectIdInvalid,
 *   SubjectExpiryInvalid, PolicyEntryModificationInvalid
 */
export function decideTokenIntegration(
  command: TokenIntegration,
  policy: Policy,
  labels: readonly string[],
  context: TokenIntegrationContext,
): PolicyDecision {
  const entries = labels.flatMap((label) => {
    const entry = valueAt(policy, ['entries', label]) === undefined ? undefined : policy.entries[label];
    return entry !== undefined && isApplicable(command, entry, context.caller) ? [{ label, entry }] : [];
  });
  if (entries.length === 0) throw new PolicyActionNotApplicable(command.action, command.label !== undefined);
  const changes = entries.map(({ label, entry }) => ({ label, entry, ids: subjectIds(command, label) }));
  return command.action === 'activateTokenIntegration'
    ? activate(command, policy, changes, context)
    : deactivate(command, policy, changes);
}

interface EntryChange {
  readonly label: string;
  readonly entry: PolicyEntry;
  readonly ids: readonly SubjectId[];
}

function activate(
  { action, expiry, announcement }: TokenIntegration,
  policy: Policy,
  changes: readonly EntryChange[],
  { now, expiryGranularity }: TokenIntegrationContext,
): PolicyDecision {
  const subject: Subject = {
    type: `added via action <${action}> at <${formatInstant(now)}>`,
    expiry: futureExpiry(expiry, now, expiryGranularity),
    ...(announcement === undefined ? {} : { announcement }),
  };
  const [only, another] = changes;
  const [id, otherId] = only?.ids ?? [];
  if (only !== undefined && id !== undefined && another === undefined && otherId === undefined) {
    const created = !Object.hasOwn(only.entry.subjects, id);
    const path = ['entries', only.label, 'subjects', id];
    return { action: created ? 'created' : 'modified', path, value: subject, created: false };
  }
  const added = changes.map(({ label, entry, ids }) => {
    const subjects = { ...entry.subjects, ...Object.fromEntries(ids.map((each) => [each, subject])) };
    return [label, { ...entry, subjects }] as const;
  });
  return wholeEntries(policy, added);
}

function deactivate({ policyId }: TokenIntegration, policy: Policy, changes: readonly EntryChange[]): PolicyDecision {
  const present = changes.flatMap(({ label, entry, ids }) =>
    ids.filter((id) => Object.hasOwn(entry.subjects, id)).map((id) => ({ label, id })),
  );
  const [only, another] = present;
  if (only === undefined) return { action: 'deleted', path: [], created: false, isDone: true };
  const decision: PolicyDecision =
    another === undefined
      ? { action: 'deleted', path: ['entries', only.label, 'subjects', only.id], created: false }
      : wholeEntries(
          policy,
          changes.map(
            ({ label, entry, ids }) => [label, { ...entry, subjects: without(entry.subjects, ids) }] as const,
          ),
        );
  // Who may only act on the subject of their token leaves the policy somebody who can change it.
  if (!hasAdministrator(evolveContent(policy, { id: policyId, ...decision })))
    throw new PolicyEntryModificationInvalid(policyId, only.label);
  return decision;
}

function wholeEntries(policy: Policy, changed: readonly (readonly [string, PolicyEntry])[]): PolicyDecision {
  const value = { ...policy.entries, ...Object.fromEntries(changed) };
  return { action: 'modified', path: ['entries'], value, created: false };
}

function without(subjects: PolicyEntry['subjects'], ids: readonly SubjectId[]): PolicyEntry['subjects'] {
  return Object.fromEntries(Object.entries(subjects).filter(([id]) => !ids.some((each) => each === id)));
}

/** The entry names the caller; to be copied, its rights must be such on things. */
function isApplicable({ action }: TokenIntegration, entry: PolicyEntry, caller: readonly SubjectId[]): boolean {
  if (!caller.some((subject) => Object.hasOwn(entry.subjects, subject))) return false;
  if (action === 'deactivateTokenIntegration') return true;
  return Object.entries(entry.resources).some(
    ([key, { grant, revoke }]) =>
      parseResourceKey(key).type === 'thing' && grant.includes('READ') && !revoke.includes('READ'),
  );
}

/** One for each value of a claim that is an array. @throws PolicyActionFailed, SubjectIdInvalid */
function subjectIds({ action, template, claims, headers }: TokenIntegration, label: string): readonly SubjectId[] {
  const resolution = resolveTemplate(template, { claims, headers, entryLabel: label });
  if (resolution.kind !== 'resolved') {
    throw new PolicyActionFailed(action, `The token has nothing to put into '${template.text}'.`);
  }
  return [...new Set(resolution.values)].map((text) => parseSubjectId(text));
}
