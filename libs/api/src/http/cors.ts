import type { RawRequest } from './api-request.js';

const METHODS = 'GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS';
const EXPOSED = 'correlation-id, etag, entity-revision, link, location';

/**
 * Response headers that let a browser hand the answer to the page it shows, if that is of one of `origins`; for an
 * OPTIONS those that let it send the request it asks about.
 */
export function corsHeaders(request: RawRequest, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origins.length === 0) return {};
  const { origin } = request.headers;
  const any = origins.includes('*');
  if (origin === undefined || !(any || origins.includes(origin))) return any ? {} : { vary: 'Origin' };
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-expose-headers': EXPOSED,
    ...(any ? {} : { vary: 'Origin' }),
    ...(isPreflight(request) ? preflightHeaders(request) : {}),
  };
}

export function isPreflight(request: RawRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

function preflightHeaders(request: RawRequest): Readonly<Record<string, string>> {
  return {
    'access-control-allow-methods': METHODS,
    // The wildcard does not cover Authorization, so the asked headers are named (Fetch standard, CORS).
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'authorization',
    'access-control-max-age': '600',
  };
}
