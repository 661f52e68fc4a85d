import { formatPointer, isJsonObject, jsonEquals } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { evolvePolicy } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { evolve, storedContent } from '@gemel/model/things';
import type { BaseState, Position, RecordedEvent, StoredEntity, StoredPlaces, StoredState } from '../ports/index.js';

/** What is wrong with what is stored of an entity. */
export type FaultKind =
  /** There is no document. */
  | 'missing'
  /** The document says something else than the log at its revision. */
  | 'state'
  /** The document lacks changes that were to be written. */
  | 'behind'
  /** The document is of a revision that the log does not have. */
  | 'ahead'
  /** It is found by other values than it has. */
  | 'index'
  /** The log lacks a revision. */
  | 'gap'
  /** The log has a position twice or not at all, or an event under another key. */
  | 'log';

export interface Fault {
  readonly kind: FaultKind;
  /** Names places and revisions, never values. */
  readonly detail: string;
}

export interface Evidence {
  /** Undefined when it has no document. */
  readonly stored: StoredEntity | undefined;
  /** The kept state that the events build on; undefined when they begin with the first one. */
  readonly base: BaseState | undefined;
  /** Everything of the entity in the log after the base, in order. */
  readonly events: readonly RecordedEvent[];
  /** Up to where documents were written before anything was looked at. */
  readonly written: Position;
  readonly placesOf: (base: BaseState) => StoredPlaces;
}

export interface Judgement {
  readonly faults: readonly Fault[];
  /** What the entity is found by may still be written, and was not looked at. */
  readonly isPending: boolean;
  /** What the log leads to; undefined when it lacks something. */
  readonly last: BaseState | undefined;
}

/** Most places that a fault names. */
const MOST_NAMED = 5;

/** Holds what is stored of an entity against the log. */
export function judge({ stored, base, events, written, placesOf }: Evidence): Judgement {
  const gap = gapIn(base, events);
  if (gap !== undefined) return { faults: [{ kind: 'gap', detail: gap }], isPending: false, last: undefined };
  const revision = stored?.state.revision ?? 0;
  const [at, last] = replay(base, events, revision);
  if (last === undefined) return { faults: [], isPending: false, last };
  if (stored === undefined) return { faults: missing(events, written), isPending: false, last };
  if (at === undefined) {
    const detail = `the document is of revision ${String(revision)}, the log ends at ${String(last.state.revision)}`;
    return { faults: [{ kind: 'ahead', detail }], isPending: false, last };
  }
  const isPending = events.some(({ position, event }) => event.revision === revision && position > written);
  const faults = [...behind(revision, events, written), ...differing(stored.state, at)];
  // A wrong state is found by what it holds: that says nothing of its own.
  if (faults.length === 0 && !isPending) faults.push(...misplaced(stored.places, placesOf(at)));
  return { faults, isPending, last };
}

function gapIn(base: BaseState | undefined, events: readonly RecordedEvent[]): string | undefined {
  let before = base?.state.revision ?? 0;
  for (const { event } of events) {
    if (event.revision !== before + 1) {
      return `revision ${String(event.revision)} comes after ${String(before)}`;
    }
    before = event.revision;
  }
  return undefined;
}

/** The states at a revision and at the end. */
function replay(
  base: BaseState | undefined,
  events: readonly RecordedEvent[],
  revision: number,
): readonly [at: BaseState | undefined, last: BaseState | undefined] {
  let state = base;
  let at = base?.state.revision === revision ? base : undefined;
  for (const { event } of events) {
    state = next(state, event);
    if (event.revision === revision) at = state;
  }
  return [at, state];
}

function next(before: BaseState | undefined, event: GemelEvent): BaseState {
  return event.entity === 'thing'
    ? { entity: 'thing', id: event.id, state: evolve(before?.entity === 'thing' ? before.state : undefined, event) }
    : {
        entity: 'policy',
        id: event.id,
        state: evolvePolicy(before?.entity === 'policy' ? before.state : undefined, event),
      };
}

function missing(events: readonly RecordedEvent[], written: Position): readonly Fault[] {
  const due = events.find(({ position }) => position <= written);
  return due === undefined && events.length > 0 ? [] : [{ kind: 'missing', detail: 'there is no document' }];
}

function behind(revision: number, events: readonly RecordedEvent[], written: Position): readonly Fault[] {
  const due = events.findLast(({ position, event }) => event.revision > revision && position <= written);
  if (due === undefined) return [];
  const detail = `the document is of revision ${String(revision)}, ${String(due.event.revision)} was to be written`;
  return [{ kind: 'behind', detail }];
}

function differing(stored: StoredState, base: BaseState): Fault[] {
  const { revision, created, modified, deleted } = base.state;
  const content = base.entity === 'thing' ? storedContent(base.state) : base.state.policy;
  const expected = { created, modified, deleted, content };
  const actual = { ...stored, content: stored.content ?? null };
  const places = [
    ...(['created', 'modified', 'deleted'] as const).filter((name) => actual[name] !== expected[name]),
    ...differences(actual.content, expected.content, ['content']),
  ];
  if (places.length === 0) return [];
  return [{ kind: 'state', detail: `at revision ${String(revision)} the document differs in ${named(places)}` }];
}

/** Where two values differ. What is undefined is not there, as after it was stored. */
function differences(a: JsonValue | undefined, b: JsonValue | undefined, path: readonly string[]): readonly string[] {
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].flatMap((name) => differences(ownMember(a, name), ownMember(b, name), [...path, name]));
  }
  return jsonEquals(a, b) ? [] : [formatPointer(path)];
}

function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function misplaced(stored: StoredPlaces, expected: StoredPlaces): readonly Fault[] {
  const lacking = [...expected.keys()].filter((name) => !stored.has(name)).map((name) => `lacks ${quoted(name)}`);
  const surplus = [...stored.keys()]
    .filter((name) => !expected.has(name))
    .map((name) => `has ${quoted(name)} too much`);
  const wrong = [...expected]
    .filter(([name, value]) => stored.has(name) && !jsonEquals(stored.get(name) ?? null, value))
    .map(([name]) => `is wrong in ${quoted(name)}`);
  const all = [...lacking, ...surplus, ...wrong];
  return all.length === 0 ? [] : [{ kind: 'index', detail: `what it is found by ${named(all)}` }];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

function named(places: readonly string[]): string {
  const others = places.length - MOST_NAMED;
  return places.slice(0, MOST_NAMED).join(', ') + (others > 0 ? `, and ${String(others)} more` : '');
}
