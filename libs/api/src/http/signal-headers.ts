import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '@gemel/model/json';
import { HeaderNotSupported, HeadersTooLarge } from './errors.js';

/** Bytes of the headers that travel with a signal (Ditto: 5 kB). */
const MAX_BYTES = 5_000;

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

/** Headers that would change what a request does in ways that are not supported: better refused than ignored. */
const UNSUPPORTED: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['channel', (value: string) => value !== 'twin'],
  ['if-equal', (value: string) => value !== 'update'],
  ['live-channel-condition', () => true],
  ['at-historical-revision', () => true],
  ['at-historical-timestamp', () => true],
  ['put-metadata', () => true],
  ['delete-metadata', () => true],
  ['merge-thing-patch-conditions', () => true],
  ['dry-run', (value: string) => value !== 'false'],
]);

const UNSUPPORTED_AS_QUERY = HEADERS_AS_QUERY.filter((name) => UNSUPPORTED.has(name));

/** What HTTP, browsers and proxies add, what Ditto reads itself or drops: nothing of it concerns a signal's receivers. */
const STAYS = new Set([
  ...HEADERS_AS_QUERY.filter((name) => name !== 'correlation-id'),
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'dnt',
  'expect',
  'forwarded',
  'from',
  'get-metadata',
  'host',
  'if-equal',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'last-event-id',
  'max-forwards',
  'origin',
  'policy-view',
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
  'version',
  'x-real-ip',
]);
const STAYS_BY_PREFIX = /^(?:accept|proxy-|sec-|x-forwarded-|ditto-|x-ditto-|divert-)/;

/**
 * The headers of a request that travel with the signal it sends: `correlation-id` and custom ones.
 * @throws HeadersTooLarge
 */
export function travellingHeaders(headers: IncomingHttpHeaders, correlationId: string): JsonObject {
  const entries: [string, string][] = [];
  let bytes = correlationId.length;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'correlation-id' || STAYS.has(name) || STAYS_BY_PREFIX.test(name)) continue;
    const text = Array.isArray(value) ? value.join(',') : value;
    bytes += name.length + text.length;
    entries.push([name, text]);
  }
  if (bytes > MAX_BYTES)
    throw new HeadersTooLarge(`those that travel with the signal have more than ${MAX_BYTES} bytes`);
  return entries.length === 0
    ? { 'correlation-id': correlationId }
    : { 'correlation-id': correlationId, ...Object.fromEntries(entries) };
}

/**
 * Refuses headers, or query parameters that stand for one, which ask for what is not there.
 * @param query its first value, undefined when absent
 * @throws HeaderNotSupported
 */
export function refuseUnsupported(headers: IncomingHttpHeaders, query: (name: string) => string | undefined): void {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string' && UNSUPPORTED.get(name)?.(value) === true) throw new HeaderNotSupported(name);
  }
  for (const name of UNSUPPORTED_AS_QUERY) {
    const value = query(name);
    if (value !== undefined && UNSUPPORTED.get(name)?.(value) === true) throw new HeaderNotSupported(name);
  }
}
