import type { JsonValue } from '@gemel/model/json';
import type { EventStream } from './event-stream.js';

/** What a route answers with. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | EventStream;
}

export const JSON_TYPE = 'application/json';

/** A JSON body; `text` when the value is at hand as JSON text already. */
export function jsonReply(
  status: number,
  value: JsonValue,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly text?: string | undefined } = {},
): Reply {
  const headers = { 'content-type': JSON_TYPE, ...options.headers };
  return { status, headers, body: options.text ?? JSON.stringify(value) };
}
