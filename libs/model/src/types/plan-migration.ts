import { ownAttributes } from '../composition/index.js';
import {
  addMember,
  isJsonObject,
  jsonEquals,
  member,
  mergePatch,
  valueAt,
  withMember,
  withValueAt,
  withoutMember,
  withoutValueAt,
} from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { EffectiveType } from './effective-type.js';
import { instanceFeatures } from './instance-features.js';
import type { MigrationMapping } from './migration-mapping.js';
import { TYPE_VERSION } from './type-model.js';
import type { Version } from './versions.js';

/** One value that a migration changes. */
export interface ValueChange {
  readonly pointer: JsonPointer;
  /** Absent where there was none. */
  readonly before?: JsonValue;
  /** Absent where there is none any more. */
  readonly after?: JsonValue;
}

/** Where twins go, and where they come from when that is known. */
export interface Migration {
  readonly from: EffectiveType | undefined;
  readonly to: EffectiveType;
  /** Undefined for the type as it is now. */
  readonly version: Version | undefined;
  readonly mapping: MigrationMapping;
}

/**
 * What becomes of a twin that goes from one version of its type to another. What it has as its type gave it follows the
 * type; what was changed in the twin stays; what is new is added, without values that are to be reset. Without a known
 * origin, things are only added.
 */
export function migratedTwin(twin: JsonObject, { from, to, version, mapping }: Migration): JsonObject {
  const mapped = applied(twin, { ...mapping, set: [] });
  const followed = follow(contentOf(mapped), from && typeContent(from), typeContent(to));
  const { attributes, features, definition } = isJsonObject(followed) ? followed : {};
  const own = isJsonObject(attributes) ? attributes : {};
  const kept = valueAt(mapped, ['attributes']);
  const server = isJsonObject(kept) ? kept : {};
  const reserved = Object.keys(ownAttributes(mapped)).reduce((rest, key) => withoutMember(rest, key), server);
  const versioned = version === undefined ? reserved : withMember(reserved, TYPE_VERSION, version);
  let after = withMember(mapped, 'attributes', { ...versioned, ...own });
  after = features === undefined ? after : withMember(after, 'features', features);
  after = definition === undefined ? after : withMember(after, 'definition', definition);
  return applied(after, { rename: [], remove: [], set: mapping.set });
}

/** Every value in which two things differ, the highest that are there on one side only. */
export function changesBetween(before: JsonObject, after: JsonObject, path: JsonPointer = []): readonly ValueChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): readonly ValueChange[] => {
    const [old, now] = [member(before, key), member(after, key)];
    const pointer = [...path, key];
    if (isJsonObject(old) && isJsonObject(now)) return changesBetween(old, now, pointer);
    if (jsonEquals(old, now)) return [];
    return [{ pointer, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

/** The merge patch that makes the changes. */
export function patchOf(changes: readonly ValueChange[]): JsonObject {
  return changes.reduce((patch, { pointer, after }) => objectOf(withValueAt(patch, pointer, after ?? null)), {});
}

/** Changes that take back those whose values are still there. */
export function undoing(thing: JsonObject, changes: readonly ValueChange[]): readonly ValueChange[] {
  return changes
    .filter(({ pointer, after }) => jsonEquals(valueAt(thing, pointer), after))
    .map(({ pointer, before, after }) => ({
      pointer,
      ...(after === undefined ? {} : { before: after }),
      ...(before === undefined ? {} : { after: before }),
    }));
}

function applied(thing: JsonObject, { rename, remove, set }: MigrationMapping): JsonObject {
  let result = thing;
  for (const [from, to] of rename) {
    const value = valueAt(result, from);
    if (value !== undefined) result = objectOf(withValueAt(withoutValueAt(result, from), to, value));
  }
  for (const pointer of remove) result = withoutValueAt(result, pointer);
  for (const [pointer, value] of set) result = objectOf(withValueAt(result, pointer, value));
  return result;
}

function typeContent(type: EffectiveType): JsonObject {
  const { definition, attributes } = type;
  return { ...(definition === undefined ? {} : { definition }), attributes, features: instanceFeatures(type) };
}

function contentOf(twin: JsonObject): JsonObject {
  const [definition, features] = [member(twin, 'definition'), member(twin, 'features')];
  return {
    ...(typeof definition === 'string' ? { definition } : {}),
    attributes: ownAttributes(twin),
    features: isJsonObject(features) ? features : {},
  };
}

function follow(
  twin: JsonValue | undefined,
  from: JsonValue | undefined,
  to: JsonValue | undefined,
): JsonValue | undefined {
  if (twin === undefined) return from === undefined ? withoutNulls(to) : undefined;
  if (isJsonObject(twin) && isJsonObject(to) && (from === undefined || isJsonObject(from))) {
    const made: Record<string, JsonValue> = {};
    for (const key of new Set([...Object.keys(twin), ...Object.keys(to)])) {
      const value = follow(member(twin, key), from && member(from, key), member(to, key));
      if (value !== undefined) addMember(made, key, value);
    }
    return made;
  }
  // A value that is reset is nobody's to keep, and none to give.
  if (from === undefined || to === null || !jsonEquals(twin, from)) return twin;
  return to;
}

/** What has no value yet is left out. */
function withoutNulls(value: JsonValue | undefined): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  return isJsonObject(value) ? mergePatch({}, value) : value;
}

function objectOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
