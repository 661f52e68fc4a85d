import {
  HeadersTooLarge,
  MAX_HEADER_BYTES,
  TRACE_HEADERS,
  UNSUPPORTED_HEADERS,
  customLabels,
  headerText,
  headerValue,
  isCustomHeader,
  parseRequestedAcks,
  refuseUnsupportedHeader,
  traceHeadersOf,
} from '@gemel/model/headers';
import type { TraceContext } from '@gemel/model/headers';
import { member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { SubjectId } from '@gemel/model/policies';
import { askedByHeaders } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { SenderUnknown } from './errors.js';

/** What a message is a part of. */
export interface MessageOrigin {
  readonly correlationId: string;
  /** Undefined when it belongs to no trace. */
  readonly trace: TraceContext | undefined;
}

const OF_TRACE = new Set<string>(TRACE_HEADERS);

/**
 * On whose authority and under which conditions a message's command is carried out.
 * @throws SenderUnknown @throws HeadersTooLarge @throws GemelError for a header that is not valid or not supported
 */
export function messageContext(
  subjects: readonly SubjectId[],
  headers: JsonObject,
  origin: MessageOrigin,
): SignalContext {
  const [originator, ...others] = subjects;
  if (originator === undefined) throw new SenderUnknown();
  for (const name of UNSUPPORTED_HEADERS) {
    const value = headerValue(headers, name);
    if (value !== undefined) refuseUnsupportedHeader(name, value);
  }
  const labels = customLabels(parseRequestedAcks(headerText(headers, 'requested-acks')) ?? []);
  const travelling = travellingHeaders(headers, origin);
  return {
    subjects: [originator, ...others],
    // Subscribers are told what they are asked to acknowledge.
    headers: labels.length === 0 ? travelling : { ...travelling, 'requested-acks': labels },
    isPatient: true,
    ...askedByHeaders((name) => headerText(headers, name) ?? structured(headers, name)),
  };
}

/** A header that is an object, or a list of some, as the text that HTTP would have. */
function structured(headers: JsonObject, name: string): string | undefined {
  const value = headerValue(headers, name);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined;
}

/** Custom ones, their case kept, the correlation id, and the trace. */
function travellingHeaders(headers: JsonObject, { correlationId, trace }: MessageOrigin): JsonObject {
  const custom: [string, JsonValue][] = [];
  for (const name in headers) {
    const value = member(headers, name) ?? null;
    const lower = name.toLowerCase();
    if (value !== null && isCustomHeader(lower) && !OF_TRACE.has(lower)) custom.push([name, value]);
  }
  if (custom.length === 0 && trace === undefined && correlationId.length <= MAX_HEADER_BYTES)
    return { 'correlation-id': correlationId };
  const travelling = {
    'correlation-id': correlationId,
    ...Object.fromEntries(custom),
    ...(trace === undefined ? undefined : traceHeadersOf(trace)),
  };
  const bytes = JSON.stringify(travelling).length;
  if (bytes > MAX_HEADER_BYTES) throw new HeadersTooLarge();
  return travelling;
}
