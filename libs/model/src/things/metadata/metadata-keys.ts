import { HeaderInvalid } from '../../headers/index.js';
import { formatPointer, isJsonObject, valueAt } from '../../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../../json/index.js';

/** Stands for every key of one level, or, at the beginning, for all leaves (Ditto, "Metadata", wildcard reference). */
const ANY = '*';
const PROPERTIES = new Set(['properties', 'desiredProperties']);

/** Where keys of metadata come from, and what their wildcards stand for. */
export interface MetadataScope {
  readonly header: 'put-metadata' | 'get-metadata' | 'delete-metadata';
  /** Of the resource that the keys are relative to. */
  readonly path: JsonPointer;
  /** What is described, as a thing: only what is in it can stand for a wildcard. */
  readonly content: JsonObject;
}

export function isWildcardKey(key: JsonPointer): boolean {
  return key.slice(0, -1).includes(ANY);
}

/** The keys that a key stands for, relative to the same resource. @throws HeaderInvalid for a wildcard that is not allowed there */
export function resolveMetadataKey(key: JsonPointer, scope: MetadataScope): readonly JsonPointer[] {
  if (!isWildcardKey(key)) return [key];
  const { path, content } = scope;
  if (isLeafWildcard(key, path)) {
    const leaves = leavesOf(valueAt(content, path), []);
    return leaves.map((leaf) => [...leaf, ...key.slice(1)]);
  }
  const absolute = [...path, ...key];
  const levels = isLevelled(path) ? wildcardLevels(absolute) : undefined;
  if (levels === undefined) {
    throw new HeaderInvalid(
      scope.header,
      formatPointer(key),
      `Wildcards at '${formatPointer(path)}' may stand where Ditto's wildcard reference has them, for example ${exampleAt(path)}.`,
    );
  }
  return expand(absolute, levels, content).map((pointer) => pointer.slice(path.length));
}

/** All leaves: at the whole thing, and below a feature's parts. */
function isLeafWildcard(key: JsonPointer, path: JsonPointer): boolean {
  return key[0] === ANY && key[1] !== ANY && (path.length === 0 || !isLevelled(path));
}

/** Whether wildcards for levels can be used: at the thing, all features, one feature. */
function isLevelled(path: JsonPointer): boolean {
  return path.length === 0 || (path[0] === 'features' && path.length <= 2);
}

/** How many of the first segments may be wildcards; undefined when they are where none may be. */
function wildcardLevels([root, second, third, fourth, fifth, ...more]: JsonPointer): number | undefined {
  if (root === 'attributes') {
    return second === ANY && third !== undefined && third !== ANY ? 2 : undefined;
  }
  if (root !== 'features' || second === undefined || third === undefined || fourth === undefined) return undefined;
  if (third === 'definition') return second === ANY && fourth !== ANY && fifth !== ANY ? 3 : undefined;
  const hasWildcard = second === ANY || fourth === ANY;
  const isValid = PROPERTIES.has(third) && hasWildcard && fifth !== undefined && fifth !== ANY;
  return isValid && !more.slice(0, -1).includes(ANY) ? 4 : undefined;
}

function expand(pattern: JsonPointer, levels: number, content: JsonObject): readonly JsonPointer[] {
  let found: readonly JsonPointer[] = [[]];
  for (const [level, segment] of pattern.entries()) {
    found = found.flatMap((pointer) =>
      (level < levels && segment === ANY ? keysOf(valueAt(content, pointer)) : [segment]).map((key) => [
        ...pointer,
        key,
      ]),
    );
  }
  return found;
}

function keysOf(value: JsonValue | undefined): readonly string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}

/** Pointers of all values that are no objects; of arrays the whole. */
function leavesOf(value: JsonValue | undefined, pointer: JsonPointer): readonly JsonPointer[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) return [pointer];
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...pointer, key]));
}

function exampleAt(path: JsonPointer): string {
  if (path.length === 0) return "'*/key' or 'features/*/properties/*/key'";
  if (path[0] === 'features' && path.length === 1) return "'*/properties/*/key'";
  return isLevelled(path) ? "'properties/*/key'" : "'*/key'";
}
