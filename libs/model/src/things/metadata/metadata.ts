import { formatPointer, isJsonObject, valueAt, withValueAt, withoutValueAt } from '../../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../../json/index.js';
import type { MetadataEntry } from '../../headers/index.js';
import { isWildcardKey, resolveMetadataKey } from './metadata-keys.js';
import type { MetadataScope } from './metadata-keys.js';

/*
 * A thing's metadata has the form of the thing: what describes a part is at the part's path, among the metadata of the
 * parts below it. All functions take and give the metadata of one resource, relative to it.
 */

/** With entries added; those with wildcards first, so that specific ones win, then in the order of their keys (as in Ditto). */
export function putMetadata(
  metadata: JsonObject | undefined,
  entries: readonly MetadataEntry[],
  scope: Omit<MetadataScope, 'header'>,
): JsonObject {
  let result: JsonObject = metadata ?? {};
  for (const { key, value } of [...entries].sort(bySpecificity)) {
    for (const pointer of resolveMetadataKey(key, { ...scope, header: 'put-metadata' })) {
      result = objectOf(withValueAt(result, pointer, value));
    }
  }
  return result;
}

/** Without what the keys name; objects that become empty go, too. The single key `*` names everything. */
export function deleteMetadata(
  metadata: JsonObject,
  keys: readonly JsonPointer[],
  scope: Omit<MetadataScope, 'header'>,
): JsonObject {
  if (isEverything(keys)) return {};
  let result = metadata;
  for (const key of keys) {
    for (const pointer of resolveMetadataKey(key, { ...scope, header: 'delete-metadata' })) {
      result = withoutValueAt(result, pointer);
    }
  }
  return objectOf(withoutEmptyObjects(result));
}

/** What the keys name. The single key `*` names everything. */
export function pickMetadata(
  metadata: JsonObject | undefined,
  keys: readonly JsonPointer[],
  scope: Omit<MetadataScope, 'header'>,
): JsonObject {
  if (isEverything(keys)) return metadata ?? {};
  let result: JsonObject = {};
  for (const key of keys) {
    for (const pointer of resolveMetadataKey(key, { ...scope, header: 'get-metadata' })) {
      const value = valueAt(metadata, pointer);
      if (value !== undefined) result = objectOf(withValueAt(result, pointer, value));
    }
  }
  return result;
}

/** The metadata of the resource at a path. */
export function metadataAt(metadata: JsonObject | undefined, path: JsonPointer): JsonObject | undefined {
  const found = valueAt(metadata, path);
  return isJsonObject(found) ? found : undefined;
}

function isEverything(keys: readonly JsonPointer[]): boolean {
  return keys.length === 1 && keys[0]?.length === 1 && keys[0][0] === '*';
}

function bySpecificity(a: MetadataEntry, b: MetadataEntry): number {
  return Number(isAllLeaves(b)) - Number(isAllLeaves(a)) || (formatPointer(a.key) < formatPointer(b.key) ? -1 : 1);
}

function isAllLeaves({ key }: MetadataEntry): boolean {
  return isWildcardKey(key) && key[0] === '*';
}

function withoutEmptyObjects(value: JsonValue): JsonValue | undefined {
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, child]): [string, JsonValue][] => {
    const kept = withoutEmptyObjects(child);
    return kept === undefined ? [] : [[key, kept]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
