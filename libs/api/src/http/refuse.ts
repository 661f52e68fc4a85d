import { GemelError } from '@gemel/model/errors';
import type { IdSource, Logger } from '@gemel/application/ports';
import type { ApiRequest } from './api-request.js';
import { InternalError, MediaTypeUnsupported, RequestIncomplete, RequestTooLarge, RouteUnknown } from './errors.js';
import { jsonReply } from './reply.js';
import type { Reply } from './reply.js';
import type { Route } from './route.js';

/** What is known about a request that failed. */
export interface Failure {
  readonly error: unknown;
  readonly route: Pick<Route, 'method' | 'path' | 'body' | 'refusal'>;
  readonly request: Pick<ApiRequest, 'header' | 'correlationId'>;
  /** Of the trace that it belongs to, if it does. */
  readonly traceId?: string | undefined;
  readonly maxBodyBytes: number;
}

/**
 * The one place that turns an error into an answer: refusals as Ditto's error JSON or the route's own form, anything
 * else as a 500 whose id leads to the log.
 */
export function refuse(failure: Failure, ids: IdSource, log: Logger): Reply {
  const error = expected(failure) ?? bug(failure, ids, log);
  const reply = failure.route.refusal?.(error, failure.request) ?? errorReply(error);
  return { ...reply, headers: { ...error.headers, ...reply.headers } };
}

/** A refusal as Ditto's error JSON; 304 has no body, and where there is nothing it is plain text (contract, table 2.1). */
export function errorReply(error: GemelError): Reply {
  if (error.status === 304) return { status: 304 };
  if (error.code === RouteUnknown.code) return plainText(error);
  return jsonReply(error.status, { ...error.toJson() });
}

function plainText({ status, message, description }: GemelError): Reply {
  const headers = { 'content-type': 'text/plain; charset=UTF-8' };
  return { status, headers, body: [message, description ?? ''].join(' ').trim() };
}

function expected({ error, route, maxBodyBytes }: Failure): GemelError | undefined {
  if (error instanceof GemelError) return error;
  // Fastify's own refusals, made while it reads the body.
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ECONNRESET':
      // Node's own, for a body whose sender has gone: there is nobody to be told, and nothing to mend.
      return error instanceof Error && error.message === 'aborted' ? new RequestIncomplete() : undefined;
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new RequestTooLarge(maxBodyBytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new MediaTypeUnsupported('not a media type', route.body?.mediaTypes ?? []);
    default:
      return undefined;
  }
}

function bug({ error, route, request, traceId }: Failure, ids: IdSource, log: Logger): GemelError {
  const id = ids.uuid();
  log.error(
    { errorId: id, correlationId: request.correlationId, traceId, route: `${route.method} ${route.path}`, error },
    'a request failed by a mistake of the server',
  );
  return new InternalError(id);
}
