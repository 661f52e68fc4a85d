import { HeaderInvalid, HeadersTooLarge } from '@gemel/model/headers';
import { DuplicateHeader, MediaTypeUnsupported, UriTooLong } from './errors.js';
import type { RawRequest } from './api-request.js';
import type { RequestBody } from './route.js';

const MAX_URI = 8_192;
const MAX_HEADERS = 64;
const MAX_HEADER_VALUE = 16_384;

/** Headers of which a second one would be ignored or glued to the first, to the caller's surprise. */
const SINGLE = new Set([
  'authorization',
  'condition',
  'content-type',
  'correlation-id',
  'if-equal',
  'response-required',
  'timeout',
  'x-ditto-pre-authenticated',
]);

/** Holds a request's URL and headers to the limits. @throws UriTooLong, HeadersTooLarge, DuplicateHeader */
export function checkHead(request: RawRequest): void {
  if (request.url.length > MAX_URI) throw new UriTooLong(MAX_URI);
  const { rawHeaders } = request.raw;
  if (rawHeaders.length > 2 * MAX_HEADERS) throw new HeadersTooLarge(`there are more than ${MAX_HEADERS}`);
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if ((rawHeaders[at + 1] ?? '').length > MAX_HEADER_VALUE)
      throw new HeadersTooLarge(`a value has more than ${MAX_HEADER_VALUE} characters`);
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) throw new DuplicateHeader(name);
    seen.add(name);
  }
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
