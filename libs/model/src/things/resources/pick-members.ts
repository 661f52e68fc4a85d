import { member } from '../../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../../json/index.js';
import type { ThingResourceDefinition, ValueUse } from './thing-resource.js';

/** The named members of an object that are there, each checked by its resource; the rest is dropped. */
export function pickMembers(
  object: JsonObject,
  members: Readonly<Record<string, Pick<ThingResourceDefinition, 'parse'>>>,
  path: JsonPointer,
  use: ValueUse,
): JsonObject {
  const picked: Record<string, JsonValue> = {};
  for (const name in members) {
    const value = member(object, name);
    const resource = members[name];
    if (value !== undefined && resource !== undefined) picked[name] = resource.parse(value, [...path, name], use);
  }
  return picked;
}
