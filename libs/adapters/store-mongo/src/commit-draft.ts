import { GuardConflict, RevisionConflict } from '@gemel/application/ports';
import type { Change, Guard } from '@gemel/application/ports';
import { entityKey, guardKey } from '@gemel/store-parts';

/** Of different entities in one commit, in number of events and UTF-16 code units: whoever reads one reads them all. */
const MOST_TOGETHER = 8;
const LONGEST_TOGETHER = 8_000;

/** One append that waits for its commit. */
export interface Append {
  readonly changes: readonly Change[];
  /** The changes' events as JSON text. */
  readonly events: readonly string[];
  readonly guard?: Guard | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Appends that change the same entities, in call order: one commit, since each builds on those before it. */
export interface CommitDraft {
  readonly appends: readonly Append[];
}

export interface Refusal {
  readonly append: Append;
  readonly error: Error;
}

/** The last revision of an entity, or version of a guard, by its key; 0 when there is none, or none is known. */
export type LastRevision = (key: string) => number;

/**
 * Sorts out appends in call order: those that do not follow the last revision of an entity, or build on one that does
 * not, are refused; the others become drafts that have no entity in common.
 */
export function draftCommits(
  appends: readonly Append[],
  lastRevision: LastRevision,
): { readonly drafts: readonly CommitDraft[]; readonly refusals: readonly Refusal[] } {
  const staged = new Map<string, number>();
  const accepted: Append[] = [];
  const refusals: Refusal[] = [];
  for (const append of appends) {
    const revisions = followUps(append, (key) => staged.get(key) ?? lastRevision(key));
    if (revisions instanceof Error) {
      refusals.push({ append, error: revisions });
      continue;
    }
    for (const [key, revision] of revisions) staged.set(key, revision);
    accepted.push(append);
  }
  return { drafts: groupsOf(accepted), refusals };
}

/** The revisions that the append leads to, or why it cannot be. */
function followUps({ changes, guard }: Append, lastRevision: LastRevision): ReadonlyMap<string, number> | Error {
  const revisions = new Map<string, number>();
  if (guard !== undefined) {
    const key = guardKey(guard.name);
    if (lastRevision(key) > guard.version) return new GuardConflict(guard.name);
    revisions.set(key, guard.version + 1);
  }
  for (const { event } of changes) {
    const key = entityKey(event);
    const last = revisions.get(key) ?? lastRevision(key);
    if (event.revision !== last + 1) return new RevisionConflict(event.id);
    revisions.set(key, event.revision);
  }
  return revisions;
}

/**
 * The same in fewer commits, which the server takes for less. One conflict refuses all that are together: not for those
 * that have met one. What is under a guard stays alone.
 */
export function together(drafts: readonly CommitDraft[]): readonly CommitDraft[] {
  const joined: CommitDraft[] = [];
  let open: { readonly appends: Append[]; size: Size } | undefined;
  for (const draft of drafts) {
    const size = sizeOf(draft);
    if (draft.appends.some(({ guard }) => guard !== undefined)) {
      joined.push(draft);
      continue;
    }
    const both = open === undefined ? size : sum(open.size, size);
    if (open === undefined || both.events > MOST_TOGETHER || both.length > LONGEST_TOGETHER) {
      open = { appends: [...draft.appends], size };
      joined.push(open);
    } else {
      open.appends.push(...draft.appends);
      open.size = both;
    }
  }
  return joined;
}

interface Size {
  readonly events: number;
  readonly length: number;
}

function sizeOf({ appends }: CommitDraft): Size {
  const texts = appends.flatMap(({ events }) => events);
  return { events: texts.length, length: texts.reduce((length, text) => length + text.length, 0) };
}

function sum(a: Size, b: Size): Size {
  return { events: a.events + b.events, length: a.length + b.length };
}

interface Group {
  readonly members: number[];
  readonly keys: string[];
}

function groupsOf(appends: readonly Append[]): readonly CommitDraft[] {
  const groupOf = new Map<string, Group>();
  for (const [index, { changes }] of appends.entries()) {
    const keys = [...new Set(changes.map(({ event }) => entityKey(event)))];
    const [group = { members: [], keys: [] }, ...others] = new Set(keys.flatMap((key) => groupOf.get(key) ?? []));
    group.members.push(index, ...others.flatMap(({ members }) => members));
    for (const key of [...keys, ...others.flatMap((other) => other.keys)]) {
      if (groupOf.get(key) === group) continue;
      groupOf.set(key, group);
      group.keys.push(key);
    }
  }
  return [...new Set(groupOf.values())].map(({ members }) => ({
    appends: members.sort((a, b) => a - b).flatMap((index) => appends[index] ?? []),
  }));
}
