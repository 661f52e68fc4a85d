import { beginTrace, continueTrace, parseTraceContext } from '@gemel/model/headers';
import type { TraceContext } from '@gemel/model/headers';
import type { RawRequest } from './api-request.js';
import type { HttpFrame } from './frame.js';

/** The step that a request is in the trace that its headers name, or in a new one; undefined when it belongs to none. */
export function requestTrace(
  { headers }: RawRequest,
  { ids, beginsTraces = false }: Pick<HttpFrame, 'ids' | 'beginsTraces'>,
): TraceContext | undefined {
  const { traceparent } = headers;
  if (traceparent === undefined && !beginsTraces) return undefined;
  const given = parseTraceContext(textOf(traceparent), textOf(headers['tracestate']));
  if (given !== undefined) return continueTrace(given, ids.uuid());
  return beginsTraces ? beginTrace(ids.uuid(), ids.uuid()) : undefined;
}

/** Of several `tracestate` each is a part; several `traceparent` are none. */
function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
