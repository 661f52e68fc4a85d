import type { JsonValue } from '@gemel/model/json';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { parseStoredContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { StateDocument } from './collections.js';

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
