import type { GemelEvent } from '@gemel/model/signals';

const REVISION_DIGITS = 16;

/** Unique over all commits; the width keeps the order of revisions. */
export function eventKey(entity: GemelEvent['entity'], id: string, revision: number): string {
  return `${entity}/${id}/${String(revision).padStart(REVISION_DIGITS, '0')}`;
}

/** A guard among entities and other counters; no entity's key begins so. */
export function guardKey(name: string): string {
  return `guard/${name}`;
}

/** Unique over all commits: the version to which one under the guard leads. */
export function guardVersionKey(name: string, version: number): string {
  return `${guardKey(name)}/${String(version).padStart(REVISION_DIGITS, '0')}`;
}

/** An entity among all: no thing and policy share it. */
export function entityKey({ entity, id }: { readonly entity: GemelEvent['entity']; readonly id: string }): string {
  return `${entity}/${id}`;
}

export function entityOfKey(key: string): { readonly entity: GemelEvent['entity']; readonly id: string } {
  const end = key.indexOf('/');
  return { entity: key.startsWith('policy/') ? 'policy' : 'thing', id: key.slice(end + 1) };
}

/** What an event's key is about, the entity by its key; undefined for other keys. */
export function revisionOfKey(key: string): { readonly entity: string; readonly revision: number } | undefined {
  if (!key.startsWith('thing/') && !key.startsWith('policy/')) return undefined;
  return { entity: key.slice(0, -1 - REVISION_DIGITS), revision: Number(key.slice(-REVISION_DIGITS)) };
}
