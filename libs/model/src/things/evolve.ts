import { isJsonObject, mergePatch, valueAt, withValueAt, withoutValueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import { metadataAfter } from './metadata/index.js';
import { parseStoredThing } from './thing.js';
import type { Thing, ThingState } from './thing.js';

/** The state after an event; `state` is undefined before the first one. Never throws for an event that `decide` made. */
export function evolve(state: ThingState | undefined, event: ThingEvent): ThingState {
  const revival = state === undefined || state.deleted;
  const after = {
    thing: evolveThing(state, event),
    revision: event.revision,
    created: revival ? event.timestamp : state.created,
    modified: event.timestamp,
    deleted: event.action === 'deleted' && event.path.length === 0,
  };
  const before = revival ? undefined : state;
  if (before?.metadata === undefined && event.metadata === undefined) return after;
  const metadata = metadataAfter(before?.metadata, event, before?.thing, after.thing);
  return metadata === undefined ? after : { ...after, metadata };
}

function evolveThing(state: ThingState | undefined, event: ThingEvent): Thing {
  const { path, value } = event;
  const before: JsonObject = state?.thing ?? {};
  switch (event.action) {
    case 'created':
    case 'modified':
      return parseStoredThing(path.length === 0 ? (value ?? null) : withValueAt(before, path, value ?? null));
    case 'merged':
      return parseStoredThing(mergeAt(before, path, value ?? null));
    case 'deleted':
      if (path.length > 0) return parseStoredThing(withoutValueAt(before, path));
      return parseStoredThing({ thingId: event.id, policyId: before['policyId'] ?? null });
  }
}

/** Merge patch at a path: null removes what is there. */
function mergeAt(target: JsonObject, path: JsonPointer, patch: JsonValue): JsonValue {
  if (path.length === 0) return mergePatch(target, patch);
  if (patch === null) return withoutValueAt(target, path);
  const before = valueAt(target, path);
  // A scalar leaf is the hot case of telemetry.
  if (!isJsonObject(patch)) return withValueAt(target, path, patch);
  return withValueAt(target, path, mergePatch(before ?? {}, patch));
}
