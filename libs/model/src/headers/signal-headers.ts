import { GemelError, defineError } from '../errors/index.js';
import { isJsonArray, parseJson } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import { headerTypeInvalid } from './header-invalid.js';

/** Bytes of the names and values of a signal's headers, all together (Ditto: 5k). */
export const MAX_HEADER_BYTES = 5_120;

export const HeadersTooLarge = defineError(
  'headers.too.large',
  431,
  (description: string | undefined = 'Those of a signal may have 5,120 bytes together.') => ({
    message: 'The headers are too large.',
    description,
  }),
);

export const HeaderNotSupported = defineError('header.notsupported', 400, (name: string) => ({
  message: `'${name}' with this value is not supported.`,
  description: 'Leave it out: without it the command does something else than it asks for, so it was not carried out.',
}));

/** Headers that Ditto defines and reads, or writes, itself ("Protocol specification: headers"). */
const DEFINED = new Set([
  'accept',
  'allow-policy-lockout',
  'at-historical-revision',
  'at-historical-timestamp',
  'authorization',
  'channel',
  'condition',
  'content-type',
  'correlation-id',
  'declared-acks',
  'delete-metadata',
  'dry-run',
  'entity-revision',
  'etag',
  'get-metadata',
  'historical-headers',
  'if-equal',
  'if-match',
  'if-none-match',
  'live-channel-condition',
  'live-channel-condition-matched',
  'live-channel-timeout-strategy',
  'location',
  'merge-thing-patch-conditions',
  'policy-view',
  'put-metadata',
  'reply-to',
  'requested-acks',
  'response-required',
  'timeout',
  'version',
  'www-authenticate',
]);

/** Headers, and for which values, that would change what a command does in ways that are not there yet. */
const UNSUPPORTED: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ['dry-run', (value: JsonValue) => value !== false && value !== 'false'],
]);

export const UNSUPPORTED_HEADERS: readonly string[] = [...UNSUPPORTED.keys()];

/** Whether a header is the sender's own and goes with the signal to its receivers. @param name in lower case */
export function isCustomHeader(name: string): boolean {
  return !DEFINED.has(name) && !name.startsWith('ditto-') && !name.startsWith('divert-');
}

/** Better refused than ignored. @param name in lower case @throws HeaderNotSupported */
export function refuseUnsupportedHeader(name: string, value: JsonValue): void {
  if (UNSUPPORTED.get(name)?.(value) === true) throw new HeaderNotSupported(name);
}

/** What headers hold that nothing here reads but whose type Ditto insists on, as texts. */
const TYPED: ReadonlyMap<string, readonly [type: string, fits: (text: string) => boolean]> = new Map([
  ['declared-acks', ['JSON array', (text: string) => isJsonArray(jsonOf(text))]],
  ['version', ['whole number', (text: string) => /^[-+]?\d{1,10}$/.test(text)]],
]);

/** @param name in lower case @throws HeaderInvalid for a text that is not of the header's type */
export function checkHeaderType(name: string, text: string): void {
  const typed = TYPED.get(name);
  if (typed !== undefined && !typed[1](text)) throw headerTypeInvalid(name, text, typed[0]);
}

function jsonOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof GemelError) return null;
    throw error;
  }
}
