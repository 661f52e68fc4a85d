import type { JsonObject } from '../json/index.js';
import { headerText } from './headers.js';

/** Where a signal stands in a trace through several systems (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of the step that sent the signal, 16 hexadecimal digits. */
  readonly spanId: string;
  /** Two hexadecimal digits; 01 asks to record the trace. */
  readonly flags: string;
  /** What systems keep for themselves in `tracestate`. */
  readonly state: string | undefined;
}

/** Headers that hold it, in lower case. */
export const TRACE_HEADERS = ['traceparent', 'tracestate'] as const;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROES = /^0+$/;
/** The flags that are defined: sampled, and that the trace id is random. */
const KNOWN_FLAGS = 0x03;
/** Longer ones need not be passed on (section 3.3.1.5). */
const MAX_STATE = 512;
const STATE = /^[\x20-\x7e]+$/;

/** Undefined without `traceparent`, and for one that is not valid: a new trace may then begin. */
export function parseTraceContext(traceparent: string | undefined, tracestate?: string): TraceContext | undefined {
  const [, version = '', traceId = '', spanId = '', flags = '', more] =
    TRACEPARENT.exec(traceparent?.trim() ?? '') ?? [];
  if (traceId === '' || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (ZEROES.test(traceId) || ZEROES.test(spanId)) return undefined;
  const known = Number.parseInt(flags, 16) & KNOWN_FLAGS;
  const isPassedOn = tracestate !== undefined && tracestate.length <= MAX_STATE && STATE.test(tracestate);
  return { traceId, spanId, flags: known.toString(16).padStart(2, '0'), state: isPassedOn ? tracestate : undefined };
}

/** That of a signal's headers. */
export function traceContextOf(headers: JsonObject): TraceContext | undefined {
  return parseTraceContext(headerText(headers, 'traceparent'), headerText(headers, 'tracestate'));
}

/** A trace that begins here. @param traceUuid, spanUuid random ones */
export function beginTrace(traceUuid: string, spanUuid: string): TraceContext {
  return { traceId: traceUuid.replaceAll('-', ''), spanId: spanIdOf(spanUuid), flags: '03', state: undefined };
}

/** The next step of the trace. @param spanUuid a random one */
export function continueTrace(context: TraceContext, spanUuid: string): TraceContext {
  return { ...context, spanId: spanIdOf(spanUuid) };
}

/**
 * The next step of the trace, the same for the same step each time: what is sent again is no other step.
 * @param step tells it from others that follow the same one
 */
export function repeatableStep(context: TraceContext, step: string): TraceContext {
  return { ...context, spanId: hash64(`${context.spanId} ${step}`) };
}

/** As headers for the receiver. */
export function traceHeadersOf({ traceId, spanId, flags, state }: TraceContext): Readonly<Record<string, string>> {
  const traceparent = `00-${traceId}-${spanId}-${flags}`;
  return state === undefined ? { traceparent } : { traceparent, tracestate: state };
}

/** The half of a UUID whose bits are never all zero. */
function spanIdOf(uuid: string): string {
  return uuid.replaceAll('-', '').slice(16);
}

/** FNV-1a. */
function hash64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return (hash === 0n ? 1n : hash).toString(16).padStart(16, '0');
}
