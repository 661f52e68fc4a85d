import type { FastifyReply } from 'fastify';
import type { RawRequest } from './api-request.js';

const METHODS = 'GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS';
const EXPOSED = 'correlation-id, etag, entity-revision, link, location';

/** Allows the request's origin when it is one of `origins`; tells whether it did. */
export function allowOrigin(request: RawRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  const any = origins.includes('*');
  if (!any) reply.header('vary', 'Origin');
  if (origin === undefined || !(any || origins.includes(origin))) return false;
  reply.header('access-control-allow-origin', any ? '*' : origin);
  reply.header('access-control-expose-headers', EXPOSED);
  return true;
}

/** The rest of the answer to a browser that asks before it sends. */
export function allowPreflight(request: RawRequest, reply: FastifyReply): void {
  reply.header('access-control-allow-methods', METHODS);
  // The wildcard does not cover Authorization, so the asked headers are named (Fetch standard, CORS).
  reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'authorization');
  reply.header('access-control-max-age', '600');
}
