import { HeaderInvalid, HeadersTooLarge, MAX_HEADER_BYTES } from '@gemel/model/headers';
import type { ApiRequest, RawRequest } from './api-request.js';
import type { Principal } from './authentication.js';
import { DivergentHeader, DuplicateHeader, MediaTypeUnsupported, UriTooLong } from './errors.js';
import type { RequestBody } from './route.js';
import { HEADERS_AS_QUERY } from './signal-headers.js';

const MAX_URI = 8_192;
const MAX_HEADERS = 64;
const MAX_HEADER_VALUE = 16_384;
const MAX_SUBJECTS = 100;

/** Proxies on the way may each add one. */
const REPEATABLE = /^(?:via|forwarded|x-forwarded-.*)$/;
/** Of no concern to any signal; tokens and what a browser keeps for other pages may be long. */
const UNCOUNTED = new Set(['authorization', 'cookie']);

/**
 * Holds a request's URL and headers to the limits of HTTP; answers the bytes of the headers.
 * @throws UriTooLong, HeadersTooLarge; DuplicateHeader for any header that is there twice, as Ditto
 */
export function checkHead(request: RawRequest): number {
  if (request.url.length > MAX_URI) throw new UriTooLong(MAX_URI);
  const { rawHeaders } = request.raw;
  if (rawHeaders.length > 2 * MAX_HEADERS) throw new HeadersTooLarge(`There are more than ${MAX_HEADERS} headers.`);
  const seen = new Set<string>();
  let bytes = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] ?? '';
    const { length } = rawHeaders[at + 1] ?? '';
    if (length > MAX_HEADER_VALUE)
      throw new HeadersTooLarge(`The value of '${given}' has more than ${MAX_HEADER_VALUE} characters.`);
    const name = given.toLowerCase();
    if (!UNCOUNTED.has(name)) bytes += name.length + length;
    if (seen.has(name) && !REPEATABLE.test(name)) throw new DuplicateHeader(given);
    seen.add(name);
  }
  return bytes;
}

/**
 * Holds the headers that Ditto counts to its limit: those of the request, and query parameters that stand for one.
 * @param headerBytes as `checkHead` answers
 * @throws HeadersTooLarge; DivergentHeader for a header that a parameter contradicts
 */
export function checkSignalHead(request: RawRequest, api: ApiRequest, headerBytes: number): void {
  let bytes = headerBytes;
  if (request.url.includes('?')) {
    for (const name of HEADERS_AS_QUERY) {
      const value = api.query(name);
      if (value === undefined) continue;
      const header = request.headers[name];
      if (header !== undefined && header !== value) throw new DivergentHeader(name);
      if (header === undefined) bytes += name.length + value.length;
    }
  }
  checkBytes(bytes);
}

/** Holds whoever was let in to the limits. @param headerBytes as `checkHead` answers @throws HeadersTooLarge */
export function checkPrincipal({ subjects, headers = {} }: Principal, headerBytes: number): void {
  if (subjects.length > MAX_SUBJECTS) {
    const count = subjects.length.toLocaleString('en-US');
    throw new HeadersTooLarge(
      `The number of authorization subjects <${count}> exceeded the maximum allowed value <${MAX_SUBJECTS}>.`,
    );
  }
  const injected = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (injected > 0) checkBytes(headerBytes + injected);
}

function checkBytes(bytes: number): void {
  if (bytes > MAX_HEADER_BYTES) throw new HeadersTooLarge();
}

/** The caller's correlation id, if it has sent one. @throws HeaderInvalid when it cannot be echoed */
export function checkCorrelationId(text: string): string {
  if (!/^[\x20-\x7E\xA0-\xFF]{1,256}$/.test(text)) {
    throw new HeaderInvalid(
      'correlation-id',
      text.slice(0, 40),
      'Send 1 to 256 characters without control characters.',
    );
  }
  return text;
}

/** @throws MediaTypeUnsupported */
export function checkMediaType(request: RawRequest, body: RequestBody): void {
  if (body.mediaTypes.includes('*/*')) return;
  const given = request.headers['content-type'];
  if (given === undefined && body.optional === true && (request.body === undefined || request.body === '')) return;
  const [type = ''] = given?.split(';', 1) ?? [];
  if (!body.mediaTypes.includes(type.trim().toLowerCase())) throw new MediaTypeUnsupported(given, body.mediaTypes);
}
