import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '@gemel/model/json';
import {
  HeadersTooLarge,
  MAX_HEADER_BYTES,
  TRACE_HEADERS,
  UNSUPPORTED_HEADERS,
  checkHeaderType,
  isCustomHeader,
  refuseUnsupportedHeader,
  traceHeadersOf,
} from '@gemel/model/headers';
import type { TraceContext } from '@gemel/model/headers';

/** Query parameters that stand for a header of the same name (Ditto, "HTTP API concepts"). */
export const HEADERS_AS_QUERY: readonly string[] = [
  'accept',
  'channel',
  'correlation-id',
  'requested-acks',
  'declared-acks',
  'response-required',
  'timeout',
  'live-channel-timeout-strategy',
  'allow-policy-lockout',
  'condition',
  'live-channel-condition',
  'at-historical-revision',
  'at-historical-timestamp',
  'dry-run',
];

const CHECKED_AS_QUERY = [...HEADERS_AS_QUERY.filter((name) => UNSUPPORTED_HEADERS.includes(name)), 'declared-acks'];

/** What HTTP, browsers and proxies add: nothing of it concerns a signal's receivers. */
const OF_TRANSPORT = new Set([
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'cookie',
  'dnt',
  'expect',
  'forwarded',
  'from',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'last-event-id',
  'max-forwards',
  'origin',
  'pragma',
  'priority',
  'range',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'upgrade-insecure-requests',
  'user-agent',
  'via',
  'x-real-ip',
]);
/** Parsed by the frame: they travel as the next step, or not at all. */
const OF_TRACE = new Set<string>(TRACE_HEADERS);
const OF_TRANSPORT_BY_PREFIX = /^(?:accept|proxy-|sec-|x-forwarded-|x-ditto-)/;

/**
 * The headers of a request that travel with the signal it sends: `correlation-id`, custom ones, and the trace that the
 * signal belongs to.
 * @throws HeadersTooLarge
 */
export function travellingHeaders(
  headers: IncomingHttpHeaders,
  correlationId: string,
  trace: TraceContext | undefined,
): JsonObject {
  const entries: [string, string][] = [];
  let bytes = correlationId.length;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || !travels(name)) continue;
    const text = Array.isArray(value) ? value.join(',') : value;
    bytes += name.length + text.length;
    entries.push([name, text]);
  }
  if (bytes > MAX_HEADER_BYTES) throw new HeadersTooLarge();
  return entries.length === 0 && trace === undefined
    ? { 'correlation-id': correlationId }
    : {
        'correlation-id': correlationId,
        ...Object.fromEntries(entries),
        ...(trace === undefined ? undefined : traceHeadersOf(trace)),
      };
}

/**
 * Refuses headers, or query parameters that stand for one, which ask for what is not there or are not of their type.
 * @param query its first value, undefined when absent
 * @throws HeaderNotSupported, HeaderInvalid
 */
export function refuseUnsupported(headers: IncomingHttpHeaders, query: (name: string) => string | undefined): void {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') check(name, value);
  }
  for (const name of CHECKED_AS_QUERY) {
    const value = query(name);
    if (value !== undefined) check(name, value);
  }
}

function check(name: string, text: string): void {
  refuseUnsupportedHeader(name, text);
  checkHeaderType(name, text);
}

function travels(name: string): boolean {
  return isCustomHeader(name) && !OF_TRANSPORT.has(name) && !OF_TRACE.has(name) && !OF_TRANSPORT_BY_PREFIX.test(name);
}
