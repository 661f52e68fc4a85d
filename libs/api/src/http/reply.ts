import { Readable } from 'node:stream';
import type { JsonValue } from '@gemel/model/json';
import type { EventStream } from './event-stream.js';

/** What a route answers with. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | EventStream | Readable;
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

export const LINES_TYPE = 'application/x-ndjson';

/**
 * Lines as fast as the client takes them. What fails before the first portion is refused as usual; after it only the end
 * of the connection tells the client.
 */
export async function linesReply(portions: AsyncIterable<readonly JsonValue[]>): Promise<Reply> {
  const iterator = portions[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* texts(): AsyncGenerator<string> {
    try {
      for (let portion = first; portion.done !== true; portion = await iterator.next()) {
        const text = portion.value.map((value) => `${JSON.stringify(value)}\n`).join('');
        if (text !== '') yield text;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { status: 200, headers: { 'content-type': LINES_TYPE }, body: Readable.from(texts()) };
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
