import { formatDuration, headerText, headerValue, isCustomHeader, parseHeaderDuration } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import { messageAddressAt } from '@gemel/model/messages';
import type { LiveSignal } from '@gemel/model/protocol';
import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';

/** Of a caller who says nothing. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** Ditto's own headers that go with a live signal to its receivers, besides custom ones. */
const CARRIED = [
  'correlation-id',
  'content-type',
  'response-required',
  'timeout',
  'requested-acks',
  'reply-to',
  'traceparent',
  'tracestate',
] as const;

/** What receivers are told of the way a signal is to be answered. */
export interface Answering {
  readonly timeoutMs: number;
  readonly labels: readonly string[];
  readonly responseRequired: boolean;
}

/** Headers that tell a receiver whether, how long and for what the sender waits. */
export function answeringHeaders({ timeoutMs, labels, responseRequired }: Answering): JsonObject {
  return {
    'response-required': responseRequired,
    'requested-acks': labels,
    timeout: formatDuration(timeoutMs),
  };
}

/** How long anybody waits for an answer to the signal, by its headers; 0 when nobody does. */
export function timeoutOf({ kind, envelope: { headers } }: LiveSignal): number {
  if (kind === 'event' || headerText(headers, 'response-required') === 'false') return 0;
  return parseHeaderDuration(headerText(headers, 'timeout') ?? '') ?? DEFAULT_TIMEOUT_MS;
}

/**
 * Headers of a signal that came as a Ditto Protocol message, as its receivers get them: custom ones and those that say
 * how to answer; internal ones of Ditto are the server's to set.
 */
export function carriedHeaders(headers: JsonObject): JsonObject {
  const custom = Object.entries(headers).filter(
    ([name, value]) => value !== null && isCustomHeader(name.toLowerCase()) && !isOfCarried(name),
  );
  const own = CARRIED.flatMap((name) => {
    const value = headerValue(headers, name);
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...own, ...custom]);
}

/** What Ditto adds to the headers of a message: where it goes, and since when. */
export function messageHeaders({ thingId, envelope: { path } }: LiveSignal, now: Instant): JsonObject {
  const address = messageAddressAt(path);
  if (address === undefined) return {};
  const { direction, featureId, subject } = address;
  return {
    'ditto-message-direction': direction,
    'ditto-message-subject': subject,
    'ditto-message-thing-id': thingId,
    ...(featureId === undefined ? undefined : { 'ditto-message-feature-id': featureId }),
    timestamp: formatInstant(now),
  };
}

function isOfCarried(name: string): boolean {
  const lower = name.toLowerCase();
  return CARRIED.some((carried) => carried === lower);
}
