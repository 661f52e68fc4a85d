import { isJsonObject, member } from '../../json/index.js';
import type { JsonObject, JsonValue } from '../../json/index.js';
import { PolicyEntryInvalid, PolicyValueInvalid } from '../errors.js';

/** Old clients send it among the members of maps; Ditto skips it. */
const SCHEMA_VERSION = '__schemaVersion';

/** A JSON object read as a map, each key and value by its own function. @throws PolicyEntryInvalid two keys mean the same */
export function parseMap(
  what: string,
  value: JsonValue,
  parseKey: (key: string) => string,
  parseValue: (value: JsonValue, name: string) => JsonValue,
): JsonObject {
  if (!isJsonObject(value)) throw new PolicyValueInvalid(what, 'a JSON object');
  const parsed = new Map<string, JsonValue>();
  for (const key of Object.keys(value)) {
    if (key === SCHEMA_VERSION) continue;
    const name = parseKey(key);
    if (parsed.has(name)) throw new PolicyEntryInvalid(`'${name}' is there twice`, 'Give it once.');
    parsed.set(name, parseValue(member(value, key) ?? null, name));
  }
  // Object.fromEntries defines own members, `__proto__` included.
  return Object.fromEntries(parsed);
}
