import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import type { IdSource } from '@gemel/application/ports';
import type { GemelError } from '@gemel/model/errors';
import { HeadersTooLarge } from '@gemel/model/headers';
import { RequestIncomplete, UriTooLong, UrlInvalid } from './errors.js';
import { errorReply } from './refuse.js';

/** Bytes of URL and headers together; above, the connection is answered 431 and closed. */
const MAX_HEAD_BYTES = 32_768;
/** Longer than any URL that is let in, so that an id that is too long gets an answer that says so. */
const MAX_PARAMETER = 32_768;
/** How paths are read. */
export const ROUTER_OPTIONS = {
  ignoreTrailingSlash: true,
  maxParamLength: MAX_PARAMETER,
  // Routes read it by themselves.
  querystringParser: () => ({}),
};
/** Time to send a whole request, and its head, in milliseconds: who sends byte by byte keeps no connection. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEAD_TIMEOUT_MS = 15_000;
/** How often connections are looked at, as part of the time that one has. */
const LOOKS_PER_TIMEOUT = 4;
const IDLE_TIMEOUT_MS = 72_000;

export interface ServerLimits {
  /** Largest request body in bytes; 1 MB when absent. */
  readonly maxBodyBytes?: number;
  /** Time to send the head of a request, in milliseconds; 15 s when absent. */
  readonly headTimeoutMs?: number;
  /** Takes scheme and host of a request from `x-forwarded-proto` and `x-forwarded-host`. */
  readonly trustsForwarded?: boolean;
}

/** Options of the Fastify instance that carries the routes. */
export function serverOptions(ids: IdSource, limits: ServerLimits = {}): FastifyHttpOptions<Server> {
  const { headTimeoutMs = HEAD_TIMEOUT_MS } = limits;
  return {
    trustProxy: limits.trustsForwarded ?? false,
    bodyLimit: limits.maxBodyBytes ?? 1_048_576,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    // What still comes on a connection that is kept while the server closes is answered, and the connection ends with it.
    return503OnClosing: false,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: headTimeoutMs,
      connectionsCheckingInterval: headTimeoutMs / LOOKS_PER_TIMEOUT,
    },
    schemaController: { compilersFactory: NO_COMPILERS },
    routerOptions: ROUTER_OPTIONS,
    frameworkErrors: (error, request, reply) => {
      const url = request.raw.url ?? '';
      const refusal = error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? new UriTooLong(8_192) : new UrlInvalid(quote(url));
      const { status, headers, body } = errorReply(refusal);
      reply.hijack();
      reply.raw.writeHead(status, { 'correlation-id': ids.uuid(), ...headers }).end(body);
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
        socket.destroy();
        return;
      }
      socket.end(rawAnswer(CLIENT_ERRORS.get(error.code) ?? UNREADABLE, ids.uuid()));
    },
  };
}

/** Routes parse by themselves. Without these Fastify loads its validator and serializer, 150 modules, for nothing. */
const NO_COMPILERS = { buildValidator: noSchemas, buildSerializer: noSchemas };

function noSchemas(): never {
  throw new Error('a route of Fastify has a schema, which nothing would check');
}

const HEAD_TOO_LARGE = new HeadersTooLarge(`URL and headers have more than ${MAX_HEAD_BYTES} bytes.`);
const UNREADABLE = new UrlInvalid('the request is not HTTP');
/** By Node's code for what is wrong on the connection. */
const CLIENT_ERRORS: ReadonlyMap<string, GemelError> = new Map([
  ['HPE_HEADER_OVERFLOW', HEAD_TOO_LARGE],
  ['ERR_HTTP_REQUEST_TIMEOUT', new RequestIncomplete()],
]);

function quote(url: string): string {
  return `'${url.slice(0, 80)}'`;
}

/** For connections on which no request could be read. */
function rawAnswer(error: GemelError, correlationId: string): string {
  const body = JSON.stringify(error.toJson());
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `correlation-id: ${correlationId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
