import { defineError, javaNumber } from '../errors/index.js';
import { parseHeaderDuration } from './duration.js';
import { parseFlag } from './flag.js';
import { LIVE_RESPONSE, TWIN_PERSISTED, parseRequestedAcks } from './requested-acks.js';
import type { AckLabel } from './requested-acks.js';

/** What the sender of a signal wants to hear of it (Ditto, "Acknowledgements: interaction between headers"). */
export interface AnswerWanted {
  /** Whether the answer has the outcome in it; else only whether there is one. */
  readonly response: boolean;
  /** What has to be confirmed, in the order of the answer; nothing when nobody waits. */
  readonly acks: readonly AckLabel[];
  /** How long the sender waits, in milliseconds; undefined when it does not say. */
  readonly timeoutMs: number | undefined;
}

/** The headers that decide about it, as text. */
export interface AnswerHeaders {
  readonly timeout: string | undefined;
  readonly responseRequired: string | undefined;
  readonly requestedAcks: string | undefined;
}

export const TimeoutMalformed = defineError('timeout.invalid', 400, (text: string) => ({
  message: `'${text}' is not a timeout: it is a whole number with ms, s or m; without a unit it means seconds.`,
  description: 'Send one like 500ms, 10s or 1m.',
}));

/** Of messages and claims; other signals have gateway:timeout.invalid in Ditto. */
export const TimeoutTooLong = defineError('timeout.invalid', 400, (ms: number, maxMs: number) => ({
  message: `The timeout of ${javaNumber(ms)}ms is out of bounds.`,
  description: `It may be 0 to ${javaNumber(maxMs)}ms.`,
}));

export const TimeoutZero = defineError('header.invalid', 400, () => ({
  message: 'An answer or an acknowledgement is wanted, and the timeout leaves no time for it.',
  description: 'Send a timeout above zero, or ask for no response and no acknowledgement.',
}));

/** Nothing to be said of the answer. */
const PLAIN: Readonly<Record<AnswerKind, AnswerWanted>> = {
  twin: { response: true, acks: [TWIN_PERSISTED], timeoutMs: undefined },
  none: { response: true, acks: [], timeoutMs: undefined },
};

/** Changes of things on the twin channel can be acknowledged; reads, policies and connections cannot. */
export type AnswerKind = 'twin' | 'none';

/** @throws TimeoutMalformed, HeaderInvalid, TimeoutZero where an answer or acknowledgement is wanted all the same */
export function parseAnswerWanted(headers: AnswerHeaders, kind: AnswerKind): AnswerWanted {
  const { timeout, requestedAcks } = headers;
  if (timeout === undefined && requestedAcks === undefined && headers.responseRequired === undefined)
    return PLAIN[kind];
  const timeoutMs = timeout === undefined ? undefined : parseHeaderDuration(timeout);
  if (timeout !== undefined && timeoutMs === undefined) throw new TimeoutMalformed(timeout);
  const requested = parseRequestedAcks(requestedAcks);
  const response = parseFlag('response-required', headers.responseRequired);
  const waits = timeoutMs !== 0 && response !== false;
  const acks = requested?.filter((label) => label !== LIVE_RESPONSE) ?? (waits ? [TWIN_PERSISTED] : []);
  if (timeoutMs === 0 && (response === true || (kind === 'twin' && acks.length > 0))) {
    throw new TimeoutZero();
  }
  return { response: response ?? timeoutMs !== 0, acks: kind === 'twin' ? acks : [], timeoutMs };
}
