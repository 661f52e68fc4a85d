import { TimeoutMalformed, headerText, parseHeaderDuration, parseFlag, parseRequestedAcks } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import type { LiveWait } from '../messages/index.js';

/** Of a sender who says nothing (Ditto, "Acknowledgements: default header values, connectivity"). */
const DEFAULT_TIMEOUT_MS = 60_000;

export interface AskedWait extends LiveWait {
  /** Whether the message counts as handled only when what it asks for is there. */
  readonly isSettledBy: boolean;
}

/**
 * How the sender of a live message or command waits, by its headers. Ditto settles a message after the answer that it asks
 * for by default, too; here only who asks for an answer or acknowledgement by a header, or its source, has to wait for it.
 * @throws TimeoutMalformed, HeaderInvalid
 */
export function liveWaitOf(headers: JsonObject): AskedWait {
  const timeout = headerText(headers, 'timeout');
  const timeoutMs = timeout === undefined ? DEFAULT_TIMEOUT_MS : parseHeaderDuration(timeout);
  if (timeoutMs === undefined) throw new TimeoutMalformed(timeout ?? '');
  const responseRequired = parseFlag('response-required', headerText(headers, 'response-required'));
  const requestedAcks = parseRequestedAcks(headerText(headers, 'requested-acks'));
  const isSettledBy = requestedAcks === undefined ? responseRequired === true : requestedAcks.length > 0;
  return { timeoutMs, responseRequired, requestedAcks, isSettledBy };
}
