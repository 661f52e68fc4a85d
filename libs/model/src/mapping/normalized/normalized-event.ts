import {
  isJsonObject,
  isRemovalByRegex,
  member,
  overlay,
  parsePointer,
  selectFields,
  withValueAt,
} from '../../json/index.js';
import type { FieldSelector, JsonObject, JsonPointer, JsonValue } from '../../json/index.js';
import type { Topic } from '../../protocol/index.js';
import type { OutgoingSignal } from '../payload-mapper.js';

export interface NormalizedOptions {
  /** What of the result is sent; undefined means all. */
  readonly fields: FieldSelector | undefined;
  /** Whether deletions of parts are told. */
  readonly includesDeletedFields: boolean;
}

interface Change {
  readonly action: 'created' | 'modified' | 'merged' | 'deleted';
  readonly path: JsonPointer;
  readonly value: JsonValue | undefined;
  /** Undefined when the event has none. */
  readonly timestamp: string | undefined;
}

/** An event in the form of its thing, with what happened under `_context`; undefined for everything else (Ditto, "Normalized mapper"). */
export function normalizedEvent({ topic, json }: OutgoingSignal, options: NormalizedOptions): JsonObject | undefined {
  const change = changeOf(topic, json);
  if (change === undefined) return undefined;
  const { action, path, timestamp } = change;
  if (action === 'deleted' && path.length > 0 && !options.includesDeletedFields) return undefined;
  const deletedFields = options.includesDeletedFields ? deletedFieldsOf(change) : {};
  const thing = {
    ...thingOf(`${topic.namespace}:${topic.name}`, change),
    ...(timestamp === undefined ? undefined : { _modified: timestamp }),
    ...copied(json, 'revision', '_revision'),
    ...(action === 'deleted' && path.length === 0 && timestamp !== undefined ? { _deleted: timestamp } : undefined),
    ...(Object.keys(deletedFields).length === 0 ? undefined : { _deletedFields: deletedFields }),
    _context: contextOf(json),
  };
  const extra = member(json, 'extra');
  const whole = isJsonObject(extra) ? overlay(extra, thing) : thing;
  const selected = options.fields === undefined ? whole : selectFields(whole, options.fields);
  return action === 'merged' ? withoutNulls(selected) : selected;
}

function changeOf(topic: Topic, json: JsonObject): Change | undefined {
  if (topic.group !== 'things' || topic.criterion !== 'events' || topic.action === 'migrated') return undefined;
  const path = member(json, 'path');
  const timestamp = member(json, 'timestamp');
  return {
    action: topic.action,
    path: typeof path === 'string' ? parsePointer(path) : [],
    value: member(json, 'value'),
    timestamp: typeof timestamp === 'string' ? timestamp : undefined,
  };
}

function thingOf(thingId: string, { path, value }: Change): JsonObject {
  if (value === undefined) return { thingId };
  const thing = withValueAt({ thingId }, path, value);
  return isJsonObject(thing) ? { thingId, ...thing } : { thingId };
}

/** At each place that is deleted, when. */
function deletedFieldsOf({ action, path, value, timestamp }: Change): JsonObject {
  if (timestamp === undefined) return {};
  const places = action === 'deleted' && path.length > 0 ? [path] : action === 'merged' ? nullsOf(path, value) : [];
  return places.reduce<JsonObject>((fields, place) => {
    const next = withValueAt(fields, place, timestamp);
    return isJsonObject(next) ? next : fields;
  }, {});
}

function nullsOf(path: JsonPointer, value: JsonValue | undefined): readonly JsonPointer[] {
  if (value === null) return path.length === 0 ? [] : [path];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    isRemovalByRegex(key, child) ? [] : nullsOf([...path, key], child),
  );
}

/** The event itself, its headers as texts. */
function contextOf(json: JsonObject): JsonObject {
  const headers = member(json, 'headers');
  return {
    topic: member(json, 'topic') ?? '',
    path: member(json, 'path') ?? '/',
    value: member(json, 'value') ?? null,
    headers: Object.fromEntries(
      Object.entries(isJsonObject(headers) ? headers : {}).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  };
}

function copied(json: JsonObject, name: string, as: string): JsonObject {
  const value = member(json, name);
  return value === undefined ? {} : { [as]: value };
}

/** Nor empty objects, which is what is left of those that held nulls alone. */
function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, JsonValue][] => {
      if (value === null) return [];
      if (!isJsonObject(value)) return [[key, value]];
      const inner = withoutNulls(value);
      return Object.keys(inner).length === 0 ? [] : [[key, inner]];
    }),
  );
}
