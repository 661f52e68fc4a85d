import { parsePolicyId } from '@gemel/model/ids';
import { parsePolicy, parseSubjectId } from '@gemel/model/policies';
import type { Permission, Policy } from '@gemel/model/policies';

/** Who is granted and revoked what: permissions by resource key. */
export interface EntryDraft {
  readonly subjects: readonly string[];
  readonly grant?: Readonly<Record<string, readonly Permission[]>>;
  readonly revoke?: Readonly<Record<string, readonly Permission[]>>;
}

const OWNER: EntryDraft = {
  subjects: ['test:owner'],
  grant: { 'policy:/': ['READ', 'WRITE'], 'thing:/': ['READ', 'WRITE'], 'message:/': ['READ', 'WRITE'] },
};

/** A policy of `example:policy` that `test:owner` has every right on, with the given entries besides (`owner` replaces it). */
export function aPolicy(entries: Readonly<Record<string, EntryDraft>> = {}, policyId = 'example:policy'): Policy {
  const drafts = Object.entries({ owner: OWNER, ...entries });
  const value = { entries: Object.fromEntries(drafts.map(([label, draft]) => [label, entryOf(draft)])) };
  return parsePolicy(value, parsePolicyId(policyId), {
    caller: parseSubjectId('test:owner'),
    now: 0,
    expiryGranularity: 1,
  });
}

function entryOf({ subjects, grant = {}, revoke = {} }: EntryDraft) {
  const keys = [...new Set([...Object.keys(grant), ...Object.keys(revoke)])];
  return {
    subjects: Object.fromEntries(subjects.map((id) => [id, { type: 'test' }])),
    resources: Object.fromEntries(keys.map((key) => [key, { grant: grant[key] ?? [], revoke: revoke[key] ?? [] }])),
  };
}
