import type { RawRequest } from './api-request.js';
import type { Reply } from './reply.js';

/** What is done about requests that came without TLS, by what the proxy in front says of them. */
export interface HttpsPolicy {
  /** Refuses them. */
  readonly isForced: boolean;
  /** Sends browsers to https instead; not clients of the API, whose credentials were already on the way. */
  readonly redirects: boolean;
}

/** In which proxies say how a request came; the first one counts, as in Ditto. */
const PROTOCOL_HEADERS = ['x-forwarded-proto', 'x_forwarded_proto'];
/** Ditto's `redirect-to-https-blocklist-pattern`. */
const NEVER_REDIRECTED = /^\/(?:api|ws|status|overall)/;
/** Asked by whoever keeps the process running, not through the proxy. */
const PROBES = new Set(['/alive', '/health', '/ready', '/metrics']);

/** The answer to a request that must come over https and did not; undefined when it may come in. */
export function insistOnHttps(request: RawRequest, { isForced, redirects }: HttpsPolicy): Reply | undefined {
  const [path = ''] = request.url.split('?', 1);
  if (!isForced || PROBES.has(path) || protocolOf(request) === 'https') return undefined;
  const { host } = request.headers;
  if (redirects && !NEVER_REDIRECTED.test(path) && host !== undefined)
    return { status: 301, headers: { location: `https://${host}${request.url}` } };
  return {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=UTF-8' },
    body: 'Connection via plain HTTP not supported, please connect via HTTPS instead',
  };
}

function protocolOf(request: RawRequest): string {
  const name = PROTOCOL_HEADERS.find((one) => request.headers[one] !== undefined);
  const value = name === undefined ? request.protocol : request.headers[name];
  return (Array.isArray(value) ? value.join() : (value ?? '')).split(',', 1)[0]?.trim().toLowerCase() ?? '';
}
