import { headerText } from '../headers/index.js';
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
  const target = requiredText(json, 'targetActorSelection');
  const headers = requiredObject(json, 'headers');
  const command = requiredObject(json, 'piggybackCommand');
  const type = member(command, 'type');
  return { target, headers, command, type: typeof type === 'string' ? type : JSON.stringify(type ?? null) };
}

/** Whether a command's headers ask for an operator's rights: without them it has no subject on whose authority it could do anything. */
export function isSudo(headers: JsonObject): boolean {
  return headerText(headers, 'ditto-sudo')?.toLowerCase() === 'true';
}

/** A member of a command. @throws JsonInvalid @throws JsonFieldMissing */
export function requiredObject(json: JsonObject, name: string): JsonObject {
  const value = member(json, name);
  if (value === undefined) throw new JsonFieldMissing(name);
  if (!isJsonObject(value)) throw new JsonInvalid(`'${name}' is not an object`);
  return value;
}

/** A member of a command. @throws JsonInvalid @throws JsonFieldMissing */
export function requiredText(json: JsonObject, name: string): string {
  const value = member(json, name);
  if (value === undefined) throw new JsonFieldMissing(name);
  if (typeof value !== 'string') throw new JsonInvalid(`'${name}' is not text`);
  return value;
}
