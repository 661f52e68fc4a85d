import { textOf } from '@gemel/connector-parts';
import type { Message, Options } from 'amqplib';

/** Of a received message as Ditto names them; its own headers in lower case. */
export function headersOf({ properties }: Pick<Message, 'properties'>): Record<string, string> {
  const headers: Record<string, string> = {};
  const own: unknown = properties.headers;
  for (const [name, value] of typeof own === 'object' && own !== null ? Object.entries(own) : []) {
    const [key, text] = [name.toLowerCase(), textOf(value)];
    if (text !== undefined && key !== '__proto__') headers[key] = text;
  }
  set(headers, 'content-type', properties.contentType);
  set(headers, 'correlation-id', properties.correlationId);
  set(headers, 'reply-to', properties.replyTo);
  set(headers, 'message-id', properties.messageId);
  return headers;
}

export function publishOptions(headers: Readonly<Record<string, string>>): Options.Publish {
  const options: Options.Publish = { persistent: true, mandatory: true };
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-type') options.contentType = value;
    else if (name === 'correlation-id') options.correlationId = value;
    else if (name === 'reply-to') options.replyTo = value;
    else if (name === 'message-id') options.messageId = value;
    else others[name] = value;
  }
  return { ...options, headers: others };
}

function set(headers: Record<string, string>, name: string, value: unknown): void {
  const text = textOf(value);
  if (text !== undefined) headers[name] = text;
}
