import type { JsonValue } from '@gemel/model/json';
import type { PolicyState } from '@gemel/model/policies';
import { parseStoredContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Row } from '@gemel/sqlite';
import type { GemelEvent } from '@gemel/model/signals';

/** What both kinds of states have beside their content. */
interface StateHeader {
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
}

/** A row of `things` as the state that was written. */
export function parseThingRow(row: Row): ThingState {
  return { ...parseStoredContent(parseContent(row)), ...parseHeader(row) };
}

/** A row of `policies` as the state that was written. */
export function parsePolicyRow(row: Row): PolicyState {
  return { policy: parseContent(row), ...parseHeader(row) } as PolicyState;
}

export function parseEvent(text: string): GemelEvent {
  return JSON.parse(text) as GemelEvent;
}

function parseHeader(row: Row): StateHeader {
  return {
    revision: Number(row['revision']),
    created: Number(row['created']),
    modified: Number(row['modified']),
    deleted: row['deleted'] === 1,
  };
}

function parseContent(row: Row): JsonValue {
  return JSON.parse(String(row['content'])) as JsonValue;
}
