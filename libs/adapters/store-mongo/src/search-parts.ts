import { formatPointer, isJsonObject } from '@gemel/model/json';
import type { JsonObject, JsonPointer, JsonValue } from '@gemel/model/json';
import type { ThingEvent } from '@gemel/model/signals';
import type { Thing } from '@gemel/model/things';
import { PATH_LENGTH, keysOf } from './search-keys.js';

/*
 * The index holds a document for each part of a thing: one for what it is, one for all attributes, one for each feature.
 * A change of a property then rewrites the keys of its feature, and not those of the whole thing.
 */

/** A formatted pointer: `/attributes` or `/features/<id>`; the rest of a thing is the part with the empty name. */
export type PartName = string;

const ATTRIBUTES: PartName = '/attributes';
/** Of all features whose paths are too long for a document of their own; too much to be indexed as well. */
const LONG_FEATURES: PartName = '/features';

/** The part in which something at this path stands. */
export function partOf([root, id]: JsonPointer): PartName {
  if (root === 'attributes') return ATTRIBUTES;
  return root === 'features' && id !== undefined ? featurePart(id) : '';
}

function featurePart(id: string): PartName {
  const path = formatPointer(['features', id]);
  return path.length > PATH_LENGTH ? LONG_FEATURES : path;
}

/** The parts that there are, each with its keys, which are made when they are asked for. */
export function partsOf({
  thingId,
  policyId,
  definition,
  attributes,
  features,
}: Thing): Map<PartName, () => readonly string[]> {
  const values = new Map<PartName, [path: string, value: JsonValue][]>();
  const identity = { thingId, policyId, definition };
  values.set(
    '',
    Object.entries(identity).flatMap(([name, value]) => (value === undefined ? [] : [[`/${name}`, value]])),
  );
  if (attributes !== undefined) values.set(ATTRIBUTES, [[ATTRIBUTES, attributes]]);
  for (const [id, feature] of Object.entries(features ?? {})) {
    const part = featurePart(id);
    const entry: [string, JsonValue] = [formatPointer(['features', id]), feature];
    const others = values.get(part);
    if (others === undefined) values.set(part, [entry]);
    else others.push(entry);
  }
  return new Map([...values].map(([part, entries]) => [part, () => keysOf(entries) ?? [anythingIn(part)]]));
}

/** The only key of a part with too much in it: a candidate for every search that asks for something in that part. */
export function anythingIn(part: PartName): string {
  return `\u0000${part}`;
}

/** The parts that an event may have changed or taken away, given the thing as it is now or later. */
export function touchedParts({ action, path, value }: ThingEvent, thing: Thing): readonly PartName[] | 'all' {
  if (path.length === 0) return action === 'merged' && isJsonObject(value) ? partsOfPatch(value, thing) : 'all';
  if (path.length === 1 && path[0] === 'features') {
    return action === 'merged' ? partsOfPatch({ features: value ?? null }, thing) : 'all';
  }
  return [partOf(path)];
}

function partsOfPatch(patch: JsonObject, thing: Thing): readonly PartName[] | 'all' {
  const { features = {}, ...others } = patch;
  const parts = Object.keys(others).map((name) => partOf([name]));
  if (!isJsonObject(features)) return 'all';
  const ids = Object.keys(features);
  // What is not there was removed, perhaps with others: a key may be a pattern.
  if (ids.some((id) => thing.features?.[id] === undefined)) return 'all';
  return [...parts, ...ids.map(featurePart)];
}

const SEPARATOR = '\u0001';

/** Under which a part stands in the index; no thing id holds control characters. */
export function partKey(thingId: string, part: PartName): string {
  return thingId + SEPARATOR + part;
}

export function thingIdOfPart(key: string): string {
  return key.slice(0, key.indexOf(SEPARATOR));
}

/** Where all parts of a thing stand. */
export function keysOfThing(thingId: string): { readonly $gte: string; readonly $lt: string } {
  return { $gte: thingId + SEPARATOR, $lt: `${thingId}\u0002` };
}
