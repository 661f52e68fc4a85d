import { validateHeaderName, validateHeaderValue } from 'node:http';

import type { OutboundMessage } from '@gemel/application/ports';
import { parseHttpAddress } from '@gemel/model/connections';
import type { ConnectionOf, HttpMethod } from '@gemel/model/connections';

export type HttpPushType = ConnectionOf<'http-push'>;

/** What is sent, before anybody signs it. */
export interface PushRequest {
  readonly method: HttpMethod;
  /** With its leading slash, without its query; percent-encoded. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  /** Keys in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly body: Buffer;
}

/** Headers that say how the request is made [Ditto: connectivity-protocol-bindings-http]. */
const PATH = 'http.path';
const QUERY = 'http.query';
/** What HTTP itself says of a request. */
const OWN = new Set([
  PATH,
  QUERY,
  'content-length',
  'transfer-encoding',
  'connection',
  'host',
  'keep-alive',
  'upgrade',
  'expect',
]);

/** What is wrong with the message is told as a text. */
export function pushRequest({ uri, specificConfig }: HttpPushType, message: OutboundMessage): PushRequest | string {
  const address = parseHttpAddress(message.address);
  if (typeof address === 'string') return `its address ${address}`;
  const { method } = address;
  const [path, query] = splitQuery(address.path);
  const headers = Object.fromEntries(Object.entries(message.headers).filter(([name]) => !OWN.has(name)));
  const faulty = faultyHeader(headers);
  if (faulty !== undefined) return faulty;
  const hasBody = !specificConfig.omitRequestBody.has(method);
  const isText = typeof message.payload === 'string';
  return {
    method,
    path: encodedPath(message.headers[PATH] ?? `${uri.path.replace(/\/$/, '')}/${path.replace(/^\//, '')}`),
    query: message.headers[QUERY] ?? query,
    headers: hasBody && isText ? { 'content-type': 'text/plain; charset=utf-8', ...headers } : headers,
    body: hasBody ? Buffer.from(message.payload) : Buffer.alloc(0),
  };
}

function faultyHeader(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      return error instanceof Error ? error.message : 'a header is not valid';
    }
  }
  return undefined;
}

function splitQuery(path: string): readonly [string, string] {
  const question = path.indexOf('?');
  return question < 0 ? [path, ''] : [path.slice(0, question), path.slice(question + 1)];
}

/** What cannot stand in a path as it is. */
function encodedPath(path: string): string {
  const absolute = path.startsWith('/') ? path : `/${path}`;
  return absolute.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+/gu, (each) => encodeURIComponent(each));
}
