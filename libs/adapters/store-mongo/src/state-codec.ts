import type { JsonValue } from '@gemel/model/json';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { parseStoredContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { StateDocument } from './collections.js';

const REVISION_DIGITS = 16;

export function parseThingState(document: StateDocument): ThingState {
  return { ...parseStoredContent(parseContent(document)), ...headerOf(document) };
}

export function parsePolicyState(document: StateDocument): PolicyState {
  return { policy: parseContent(document), ...headerOf(document) } as PolicyState;
}

export function parseEvent(text: string): GemelEvent {
  return JSON.parse(text) as GemelEvent;
}

function parseContent({ content }: StateDocument): JsonValue {
  return JSON.parse(content) as JsonValue;
}

/** Everything of a state's document but its id. */
export function stateFields(state: StateHeader, content: object): Omit<StateDocument, '_id'> {
  return { ...headerOf(state), content: JSON.stringify(content) };
}

type StateHeader = Omit<StateDocument, '_id' | 'content'>;

function headerOf({ revision, created, modified, deleted }: StateHeader) {
  return { revision, created, modified, deleted };
}

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
