import { headerText, headerValue } from '@gemel/model/headers';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { SubjectId } from '@gemel/model/policies';
import type { SignalContext } from '../signals/index.js';
import { HeaderNotSupported, HeadersTooLarge, SenderUnknown } from './errors.js';

/** Bytes of the headers that travel with a signal (Ditto: 5 kB). */
const MAX_HEADER_BYTES = 5_000;

/** What Ditto reads, or drops, itself: it does not travel with the signal. */
const STAYS = new Set([
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

/** Headers that would change what a command does in ways that are not supported: better refused than ignored. */
const UNSUPPORTED: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ['channel', (value: JsonValue) => value !== 'twin'],
  ['if-equal', (value: JsonValue) => value !== 'update'],
  ['merge-thing-patch-conditions', () => true],
  ['put-metadata', () => true],
  ['delete-metadata', () => true],
  ['dry-run', (value: JsonValue) => value !== false && value !== 'false'],
]);

/**
 * On whose authority and under which conditions a message's command is carried out.
 * @throws SenderUnknown @throws HeaderNotSupported @throws HeadersTooLarge
 */
export function messageContext(
  subjects: readonly SubjectId[],
  headers: JsonObject,
  correlationId: string,
): SignalContext {
  const [originator, ...others] = subjects;
  if (originator === undefined) throw new SenderUnknown();
  for (const [name, refused] of UNSUPPORTED) {
    const value = headerValue(headers, name);
    if (value !== undefined && refused(value)) throw new HeaderNotSupported(name);
  }
  const ifMatch = headerText(headers, 'if-match');
  const ifNoneMatch = headerText(headers, 'if-none-match');
  return {
    subjects: [originator, ...others],
    headers: travellingHeaders(headers, correlationId),
    ...(ifMatch === undefined && ifNoneMatch === undefined ? undefined : { preconditions: { ifMatch, ifNoneMatch } }),
    condition: headerText(headers, 'condition'),
    allowPolicyLockout: headerText(headers, 'allow-policy-lockout') === 'true',
  };
}

/** Custom ones, their case kept, and the correlation id. */
function travellingHeaders(headers: JsonObject, correlationId: string): JsonObject {
  const custom = Object.entries(headers).filter(([name, value]) => value !== null && travels(name.toLowerCase()));
  if (custom.length === 0 && correlationId.length <= MAX_HEADER_BYTES) return { 'correlation-id': correlationId };
  const travelling = { 'correlation-id': correlationId, ...Object.fromEntries(custom) };
  const bytes = JSON.stringify(travelling).length;
  if (bytes > MAX_HEADER_BYTES) throw new HeadersTooLarge(bytes, MAX_HEADER_BYTES);
  return travelling;
}

function travels(name: string): boolean {
  return !STAYS.has(name) && !name.startsWith('ditto-') && !name.startsWith('divert-');
}
