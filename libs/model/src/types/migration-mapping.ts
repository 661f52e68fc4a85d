import { RESERVED_ATTRIBUTES } from '../composition/index.js';
import { JsonPointerInvalid, isJsonArray, isJsonObject, member, parsePointer } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { MigrationMappingInvalid } from './errors.js';

/** What a migration does to every twin besides what follows from its type; in this order. */
export interface MigrationMapping {
  readonly rename: readonly (readonly [JsonPointer, JsonPointer])[];
  readonly remove: readonly JsonPointer[];
  readonly set: readonly (readonly [JsonPointer, JsonValue])[];
}

export const NO_MAPPING: MigrationMapping = { rename: [], remove: [], set: [] };

/** @throws MigrationMappingInvalid */
export function parseMigrationMapping(value: JsonValue): MigrationMapping {
  if (!isJsonObject(value)) throw new MigrationMappingInvalid('it is no object');
  const stranger = Object.keys(value).find((key) => !['rename', 'remove', 'set'].includes(key));
  if (stranger !== undefined) throw new MigrationMappingInvalid(`'${stranger.slice(0, 100)}' is not known`);
  const remove = member(value, 'remove') ?? [];
  if (!isJsonArray(remove)) throw new MigrationMappingInvalid('remove is no array');
  return {
    rename: Object.entries(objectAt(value, 'rename')).map(([from, to]) => [pointerOf(from), pointerOf(to)] as const),
    remove: remove.map(pointerOf),
    set: Object.entries(objectAt(value, 'set')).map(([pointer, each]) => [pointerOf(pointer), each] as const),
  };
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = member(value, key) ?? {};
  if (!isJsonObject(found)) throw new MigrationMappingInvalid(`${key} is no object`);
  return found;
}

const RESERVED: ReadonlySet<string> = new Set(RESERVED_ATTRIBUTES);

function pointerOf(value: JsonValue): JsonPointer {
  const path = typeof value === 'string' ? parsed(value) : [];
  const [part, name] = path;
  const isReserved = part === 'attributes' && name !== undefined && RESERVED.has(name);
  if ((part !== 'attributes' && part !== 'features') || name === undefined || isReserved)
    throw new MigrationMappingInvalid(`${JSON.stringify(value).slice(0, 100)} is not below /attributes or /features`);
  return path;
}

function parsed(text: string): JsonPointer {
  try {
    return parsePointer(text);
  } catch (error) {
    if (error instanceof JsonPointerInvalid) return [];
    throw error;
  }
}
