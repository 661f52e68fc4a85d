import type { RawRequest } from './api-request.js';
import type { Route } from './route.js';

const METHODS = 'OPTIONS, GET, PUT, PATCH, POST, HEAD, DELETE';
const EXPOSED =
  'correlation-id, etag, entity-revision, link, location, historical-headers, ditto-metadata, channel, www-authenticate';

const ANY: readonly string[] = ['*'];

/** The origins whose pages may call a route; undefined when nothing is said about any. */
export function originsOf(
  { openToPages = false }: Pick<Route, 'openToPages'>,
  configured: readonly string[] | undefined,
): readonly string[] | undefined {
  return openToPages && (configured ?? []).length === 0 ? ANY : configured;
}

/**
 * Response headers that let a browser hand the answer to the page it shows, if that is of one of `origins`, and let it
 * send what it asks about (Fetch standard, CORS).
 */
export function corsHeaders(request: RawRequest, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origins.length === 0) return {};
  const { origin } = request.headers;
  const any = origins.includes('*');
  if (origin === undefined) return any ? { 'access-control-allow-origin': '*', ...METHODS_ALLOWED } : VARIES;
  if (!any && !origins.includes(origin)) return VARIES;
  const asked = request.headers['access-control-request-headers'];
  return {
    // Named as in Ditto: the wildcard is not for requests with credentials.
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
    ...METHODS_ALLOWED,
    ...(asked === undefined ? {} : { 'access-control-allow-headers': asked, 'access-control-max-age': '600' }),
    ...VARIES,
  };
}

/** Whether a browser asks what it may send; Ditto answers every OPTIONS so. */
export function isPreflight(request: RawRequest, origins: readonly string[]): boolean {
  return request.method === 'OPTIONS' && origins.length > 0;
}

const METHODS_ALLOWED = { 'access-control-allow-methods': METHODS };
const VARIES = { vary: 'Origin' };
