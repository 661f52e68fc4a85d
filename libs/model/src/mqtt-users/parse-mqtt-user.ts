import { parseThingId } from '../ids/index.js';
import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseSubjectId } from '../policies/index.js';
import type { SubjectId } from '../policies/index.js';
import { formatInstant, parseInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import { MqttUserInvalid } from './errors.js';
import type { MqttUser, MqttUserRequest } from './mqtt-user.js';
import { topicPatternFault } from './topic-pattern.js';

/** Most patterns of a kind, and subjects. */
const MAX_ITEMS = 100;
const MAX_PASSWORD = 1_024;
/** Room for a credential of any thing: each code unit of the longest ID becomes nine characters at most, and a label follows. */
const MAX_NAME = 2_400;
const NAME = /^[\w.:@%-]+$/;
const MEMBERS = ['name', 'password', 'thingId', 'subjects', 'publish', 'subscribe', 'issued'];

/**
 * Reads `{"password", "thingId", "subjects", "publish", "subscribe", "issued"}`; all may be missing.
 * Without `subjects` it is `mqtt:` and the name; without patterns nothing may be published, or received.
 * @throws MqttUserInvalid naming all faults by their JSON pointers
 */
export function parseMqttUser(name: string, json: JsonValue): MqttUserRequest {
  const faults: string[] = [];
  if (!NAME.test(name) || name.length > MAX_NAME)
    faults.push(`The name must be 1 to ${MAX_NAME} letters, digits and any of _ . : @ % -`);
  if (!isJsonObject(json)) throw new MqttUserInvalid('It must be a JSON object.');
  const reading = { json, faults };
  for (const member of Object.keys(json)) if (!MEMBERS.includes(member)) faults.push(`/${member} is not known`);
  if (json['name'] !== undefined && json['name'] !== name) faults.push('/name must be the one in the path');
  const password = optionalText(reading, 'password');
  if (password !== undefined && (password === '' || password.length > MAX_PASSWORD)) {
    faults.push(`/password must have 1 to ${MAX_PASSWORD} characters`);
  }
  const user = {
    name,
    thingId: parsed(reading, 'thingId', optionalText(reading, 'thingId'), parseThingId),
    subjects: subjectsOf(reading, name),
    publish: patternsOf(reading, 'publish'),
    subscribe: patternsOf(reading, 'subscribe'),
    issued: parsed(reading, 'issued', optionalText(reading, 'issued'), instantOf),
  };
  if (faults.length > 0) throw new MqttUserInvalid(`${faults.join('; ')}.`);
  return { user, password };
}

/** As it is stored, and shown: never with its password. */
export function mqttUserJson({ name, thingId, subjects, publish, subscribe, issued }: MqttUser): JsonObject {
  const since = issued === undefined ? undefined : { issued: formatInstant(issued) };
  return { name, ...(thingId && { thingId }), subjects, publish, subscribe, ...since };
}

interface Reading {
  readonly json: JsonObject;
  readonly faults: string[];
}

function optionalText({ json, faults }: Reading, member: string): string | undefined {
  const value = json[member] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  faults.push(`/${member} must be a text`);
  return undefined;
}

function parsed<Value>(
  { faults }: Reading,
  path: string,
  text: string | undefined,
  parse: (text: string) => Value,
): Value | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    faults.push(`/${path}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function instantOf(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new MqttUserInvalid('it must be a time of ISO 8601');
  return instant;
}

function textsOf({ json, faults }: Reading, member: string): readonly string[] {
  const value = json[member] ?? [];
  if (Array.isArray(value) && value.length <= MAX_ITEMS && value.every((item) => typeof item === 'string'))
    return value;
  faults.push(`/${member} must be a list of ${MAX_ITEMS} texts at most`);
  return [];
}

function subjectsOf(reading: Reading, name: string): readonly [SubjectId, ...SubjectId[]] {
  const subjects = textsOf(reading, 'subjects').flatMap(
    (text, index) => parsed(reading, `subjects/${index}`, text, parseSubjectId) ?? [],
  );
  const [first = parsed(reading, 'subjects', `mqtt:${name}`, parseSubjectId), ...others] = subjects;
  return [first ?? NOBODY, ...others];
}

function patternsOf(reading: Reading, member: string): readonly string[] {
  const patterns = textsOf(reading, member);
  for (const [index, pattern] of patterns.entries()) {
    const fault = topicPatternFault(pattern);
    if (fault !== undefined) reading.faults.push(`/${member}/${index} ${fault}`);
  }
  return patterns;
}

/** In the place of one that is faulty. */
const NOBODY = parseSubjectId('mqtt:nobody');
