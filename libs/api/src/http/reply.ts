import type { JsonValue } from '@gemel/model/json';
import type { EventStream } from './event-stream.js';

/** What a route answers with. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | EventStream;
}

export const JSON_TYPE = 'application/json';

/** A JSON body. */
export function jsonReply(
  status: number,
  value: JsonValue,
  { headers = {} }: { readonly headers?: Readonly<Record<string, string>> } = {},
): Reply {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(value) };
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Proxies such as nginx would hold events back.
  'x-accel-buffering': 'no',
};

export function eventStreamReply(body: EventStream): Reply {
  return { status: 200, headers: STREAM_HEADERS, body };
}
