import type { OutboundMessage } from '@gemel/application/ports';
import { textOf } from '@gemel/connector-parts';
import rhea from 'rhea';
import type { Message } from 'rhea';

const APPLICATION = 'amqp.application.property:';
const ANNOTATION = 'amqp.message.annotation:';

/** Standard properties [AMQP 1.0, 3.2.4] by the names that Ditto gives them as headers. */
const PROPERTIES: ReadonlyMap<string, { readonly field: string; readonly kind: 'text' | 'bytes' | 'number' }> = new Map(
  [
    ['message-id', { field: 'message_id', kind: 'text' }],
    ['user-id', { field: 'user_id', kind: 'bytes' }],
    ['to', { field: 'to', kind: 'text' }],
    ['subject', { field: 'subject', kind: 'text' }],
    ['reply-to', { field: 'reply_to', kind: 'text' }],
    ['correlation-id', { field: 'correlation_id', kind: 'text' }],
    ['content-type', { field: 'content_type', kind: 'text' }],
    ['absolute-expiry-time', { field: 'absolute_expiry_time', kind: 'number' }],
    ['creation-time', { field: 'creation_time', kind: 'number' }],
    ['group-id', { field: 'group_id', kind: 'text' }],
    ['group-sequence', { field: 'group_sequence', kind: 'number' }],
    ['reply-to-group-id', { field: 'reply_to_group_id', kind: 'text' }],
  ],
);

/** Of a received message, in lower case: standard properties, application properties, and annotations by their prefix. */
export function headersOf(message: Message): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of entriesOf(message.application_properties)) {
    headers[PROPERTIES.has(name) ? `${APPLICATION}${name}` : name] = value;
  }
  for (const [name, value] of entriesOf(message.message_annotations)) headers[`${ANNOTATION}${name}`] = value;
  const fields = new Map<string, unknown>(Object.entries(message));
  for (const [name, { field }] of PROPERTIES) {
    const text = textOf(fields.get(field));
    if (text !== undefined) headers[name] = text;
  }
  return headers;
}

/** As bytes, in whatever section they came. */
export function payloadOf({ body }: Message): Uint8Array {
  return bytesOf(body);
}

/** A text goes as a value, bytes as data, as JMS clients want it. */
export function encodeMessage({ payload, headers }: OutboundMessage): Message {
  const application: Record<string, string> = {};
  const annotations: Record<string, string> = {};
  const properties: Record<string, string | number | Buffer> = {};
  for (const [name, value] of Object.entries(headers)) {
    const property = PROPERTIES.get(name);
    if (name.startsWith(ANNOTATION)) annotations[name.slice(ANNOTATION.length)] = value;
    else if (name.startsWith(APPLICATION)) application[name.slice(APPLICATION.length)] = value;
    else if (property === undefined) application[name] = value;
    else if (property.kind === 'text') properties[property.field] = value;
    else if (property.kind === 'bytes') properties[property.field] = Buffer.from(value);
    else if (/^\d{1,15}$/.test(value)) properties[property.field] = Number(value);
  }
  return parseMessage({
    ...properties,
    durable: true,
    application_properties: application,
    ...(Object.keys(annotations).length === 0 ? undefined : { message_annotations: annotations }),
    body: typeof payload === 'string' ? payload : dataOf(payload),
  });
}

function dataOf(payload: Uint8Array): unknown {
  return rhea.message.data_section(Buffer.from(payload));
}

/** rhea takes plain objects, its types do not. */
function parseMessage(message: object): Message {
  return message as Message;
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'object' && 'content' in body) {
    const { content } = body;
    return Array.isArray(content) ? Buffer.concat(content.map(bytesOf)) : bytesOf(content);
  }
  return Buffer.from(JSON.stringify(body));
}

function entriesOf(map: unknown): readonly (readonly [string, string])[] {
  if (typeof map !== 'object' || map === null) return [];
  return Object.entries(map).flatMap(([name, value]: [string, unknown]) => {
    const [key, text] = [name.toLowerCase(), textOf(value)];
    return text === undefined || key === '__proto__' ? [] : [[key, text] as const];
  });
}
