import { JsonFieldMissing, JsonInvalid, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

/** A command for the inside of a service, as an operator sends it. */
export interface Piggyback {
  /** Actor path in Ditto; here it only tells commands of the same type apart. */
  readonly target: string;
  readonly headers: JsonObject;
  readonly command: JsonObject;
  /** In `<area>.commands:<name>`. */
  readonly type: string;
}

/** @throws JsonInvalid @throws JsonFieldMissing */
export function parsePiggyback(json: JsonValue): Piggyback {
  if (!isJsonObject(json)) throw new JsonInvalid('a piggyback command is an object');
  const target = member(json, 'targetActorSelection');
  if (target === undefined) throw new JsonFieldMissing('targetActorSelection');
  if (typeof target !== 'string') throw new JsonInvalid("'targetActorSelection' is not text");
  const headers = requiredObject(json, 'headers');
  const command = requiredObject(json, 'piggybackCommand');
  const type = member(command, 'type');
  return { target, headers, command, type: typeof type === 'string' ? type : JSON.stringify(type ?? null) };
}

function requiredObject(json: JsonObject, name: string): JsonObject {
  const value = member(json, name);
  if (value === undefined) throw new JsonFieldMissing(name);
  if (!isJsonObject(value)) throw new JsonInvalid(`'${name}' is not an object`);
  return value;
}
