import { isJsonObject, parseJson } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { CloudEventUnparsable } from './errors.js';

/** A request as the HTTP binding of CloudEvents 1.0 looks at it. */
export interface HttpMessage {
  /** By its name in lower case. */
  header(name: string): string | undefined;
  readonly body: string;
}

/** What of an event matters here. */
export interface CloudEvent {
  readonly dataContentType: string | undefined;
  readonly dataSchema: string | undefined;
  /** As text; undefined when there is none. */
  readonly data: string | undefined;
}

const STRUCTURED = /^application\/cloudevents\+json\s*(?:;|$)/i;
const VERSIONS = ['1.0', '0.3'];
const REQUIRED = ['id', 'source', 'type'] as const;

/**
 * An event in binary mode (attributes in `ce-` headers, the body is the data) or structured mode (all of it in the body).
 * @throws CloudEventUnparsable
 */
export function parseCloudEvent(message: HttpMessage): CloudEvent {
  const contentType = message.header('content-type');
  if (contentType !== undefined && STRUCTURED.test(contentType)) return parseStructured(message.body);
  const version = message.header('ce-specversion');
  if (version === undefined) throw new CloudEventUnparsable('neither its content type nor its specversion says so');
  checkAttributes(version, (name) => message.header(`ce-${name}`));
  return {
    dataContentType: contentType ?? 'application/octet-stream',
    dataSchema: message.header('ce-dataschema'),
    data: message.body === '' ? undefined : message.body,
  };
}

function parseStructured(body: string): CloudEvent {
  const event = parseEvent(body);
  const attribute = (name: string): string | undefined => textAt(event, name);
  checkAttributes(attribute('specversion') ?? '', attribute);
  return {
    dataContentType: attribute('datacontenttype'),
    dataSchema: attribute('dataschema'),
    data: dataOf(event),
  };
}

function parseEvent(body: string): JsonObject {
  let event: JsonValue;
  try {
    event = parseJson(body);
  } catch (cause) {
    throw new CloudEventUnparsable(cause instanceof Error ? cause.message : 'invalid JSON');
  }
  if (!isJsonObject(event)) throw new CloudEventUnparsable('the event is not a JSON object');
  return event;
}

function dataOf(event: JsonObject): string | undefined {
  const base64 = textAt(event, 'data_base64');
  if (base64 !== undefined) return fromBase64(base64);
  const data = Object.hasOwn(event, 'data') ? event['data'] : undefined;
  if (data === undefined || data === null) return undefined;
  return typeof data === 'string' ? data : JSON.stringify(data);
}

function checkAttributes(version: string, attribute: (name: string) => string | undefined): void {
  if (!VERSIONS.includes(version)) throw new CloudEventUnparsable(`Invalid specversion: ${version}`);
  for (const name of REQUIRED) {
    if (attribute(name) === undefined) throw new CloudEventUnparsable(`it has no '${name}'`);
  }
  const time = attribute('time');
  if (time !== undefined && !isTimestamp(time))
    throw new CloudEventUnparsable(`Invalid attribute value for "time": ${time}`);
}

/** RFC 3339. */
function isTimestamp(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))
  );
}

function textAt(event: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(event, name) ? event[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new CloudEventUnparsable(`Wrong type for attribute ${name}`);
  return value;
}

function fromBase64(text: string): string {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CloudEventUnparsable('data_base64 is not the Base64 form of UTF-8 text');
  }
}
