import {
  JsonFieldMissing,
  JsonInvalid,
  formatPointer,
  isJsonObject,
  member,
  parseFieldSelector,
  parsePointer,
} from '../json/index.js';
import type { FieldSelector, JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { formatTopic, parseTopic } from './topic.js';
import type { Topic } from './topic.js';

/** Content type of an envelope on transports that name one. */
export const DITTO_PROTOCOL_CONTENT_TYPE = 'application/vnd.eclipse.ditto+json';

/** A Ditto Protocol message. */
export interface Envelope {
  readonly topic: Topic;
  /** Names are case-insensitive (read with `headerValue`), their case is kept. */
  readonly headers: JsonObject;
  /** Empty for the whole entity. */
  readonly path: JsonPointer;
  readonly fields?: FieldSelector;
  /** Absent and null differ: a merge of null deletes. */
  readonly value?: JsonValue;
  readonly extra?: JsonObject;
  /** Of an event: the metadata of what is at the path. */
  readonly metadata?: JsonObject;
  /** On a commands topic it makes the message a response. */
  readonly status?: number;
  readonly revision?: number;
  /** ISO 8601. */
  readonly timestamp?: string;
}

/**
 * Unknown members are ignored; a leading slash of the path is optional, and `/` is the whole entity.
 * @throws JsonInvalid no object, or a member of the wrong type
 * @throws JsonFieldMissing topic or path is absent
 * @throws TopicUnknown @throws JsonPointerInvalid @throws JsonFieldSelectorInvalid
 */
export function parseEnvelope(json: JsonValue): Envelope {
  if (!isJsonObject(json)) throw new JsonInvalid('a Ditto Protocol message is an object');
  const topic = parseTopic(requiredText(json, 'topic'));
  const path = parsePointer(requiredText(json, 'path'));
  const value = member(json, 'value');
  const fields = optional(json, 'fields', isText, 'text');
  const extra = optional(json, 'extra', isJsonObject, 'an object');
  const status = optional(json, 'status', isInteger, 'an integer');
  const revision = optional(json, 'revision', isInteger, 'an integer');
  const timestamp = optional(json, 'timestamp', isText, 'text');
  return {
    topic,
    headers: optional(json, 'headers', isJsonObject, 'an object') ?? {},
    path,
    ...(fields === undefined ? undefined : { fields: parseFieldSelector(fields) }),
    ...(value === undefined ? undefined : { value }),
    ...(extra === undefined ? undefined : { extra }),
    ...(status === undefined ? undefined : { status }),
    ...(revision === undefined ? undefined : { revision }),
    ...(timestamp === undefined ? undefined : { timestamp }),
  };
}

/** What a message that we send may have; it carries no `fields`: only commands from outside do. */
type FormattedEnvelope = Pick<Envelope, 'topic' | 'headers' | 'path'> & {
  readonly [Member in 'value' | 'extra' | 'metadata' | 'status' | 'revision' | 'timestamp']?:
    Envelope[Member] | undefined;
};

/** The JSON of a message that we send. */
export function formatEnvelope(envelope: FormattedEnvelope): JsonObject {
  const { topic, headers, path, value, extra, metadata, status, revision, timestamp } = envelope;
  // One for each event and each of its targets: copied member by member it is half as quick.
  const json: Record<string, JsonValue> = {
    topic: formatTopic(topic),
    headers: { ...headers, version: 2 },
    path: formatPointer(path),
  };
  if (value !== undefined) json['value'] = value;
  if (extra !== undefined) json['extra'] = extra;
  if (metadata !== undefined) json['metadata'] = metadata;
  if (status !== undefined) json['status'] = status;
  if (revision !== undefined) json['revision'] = revision;
  if (timestamp !== undefined) json['timestamp'] = timestamp;
  return json;
}

function requiredText(json: JsonObject, field: string): string {
  const value = optional(json, field, isText, 'text');
  if (value === undefined) throw new JsonFieldMissing(field);
  return value;
}

function optional<Value extends JsonValue>(
  json: JsonObject,
  field: string,
  is: (value: JsonValue | undefined) => value is Value,
  expected: string,
): Value | undefined {
  const value = member(json, field);
  if (value === undefined || value === null) return undefined;
  if (!is(value)) throw new JsonInvalid(`'${field}' is not ${expected}`);
  return value;
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}

function isInteger(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value);
}
