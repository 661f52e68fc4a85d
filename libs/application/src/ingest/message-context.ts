import {
  HeadersTooLarge,
  MAX_TRAVELLING_BYTES,
  UNSUPPORTED_HEADERS,
  headerText,
  headerValue,
  isCustomHeader,
  refuseUnsupportedHeader,
} from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import type { SubjectId } from '@gemel/model/policies';
import type { SignalContext } from '../signals/index.js';
import { SenderUnknown } from './errors.js';

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
  for (const name of UNSUPPORTED_HEADERS) {
    const value = headerValue(headers, name);
    if (value !== undefined) refuseUnsupportedHeader(name, value);
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
  const custom = Object.entries(headers).filter(
    ([name, value]) => value !== null && isCustomHeader(name.toLowerCase()),
  );
  if (custom.length === 0 && correlationId.length <= MAX_TRAVELLING_BYTES) return { 'correlation-id': correlationId };
  const travelling = { 'correlation-id': correlationId, ...Object.fromEntries(custom) };
  const bytes = JSON.stringify(travelling).length;
  if (bytes > MAX_TRAVELLING_BYTES) {
    throw new HeadersTooLarge(
      `those that travel with the signal have ${bytes} bytes; ${MAX_TRAVELLING_BYTES} are taken`,
    );
  }
  return travelling;
}
