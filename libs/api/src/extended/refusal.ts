import type { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';
import type { ApiRequest, Reply } from '../http/index.js';
import { prettyReply } from './wire.js';

type Asking = Pick<ApiRequest, 'header'>;

const PROBLEM = 'application/problem+json';

/**
 * Refusals in the form of OpenTwins' extended API: its own are a bare JSON string; those of the things behind it, missing
 * and wrong-kind things among them, are a status without a body. A client that accepts `application/problem+json`
 * gets the whole error in that form instead (RFC 9457).
 */
export function refusal(error: GemelError, request: Asking): Reply {
  if (request.header('accept')?.includes(PROBLEM) === true) return problemReply(error);
  // There a path is nothing but with one of its methods.
  if (error.status === 405) return prettyReply(404, error.message);
  if (
    /^(?:things|policies|connectivity|thing-search|rql)[:.]/.test(error.code) ||
    error.code === 'composition:kind.wrong'
  ) {
    return { status: error.status };
  }
  return prettyReply(error.status, error.message);
}

/** Lists of children answer with an empty list where others have no body. */
export function childrenRefusal(error: GemelError, request: Asking): Reply {
  const reply = refusal(error, request);
  return reply.body === undefined ? prettyReply(reply.status, []) : reply;
}

/** A problem with the members of Ditto's error object beside those of the RFC. */
function problemReply(error: GemelError): Reply {
  const { status, message, description } = error;
  const problem: JsonObject = {
    type: 'about:blank',
    title: message,
    ...(description === undefined ? {} : { detail: description }),
    ...error.toJson(),
  };
  return { status, headers: { 'content-type': PROBLEM }, body: JSON.stringify(problem, null, 2) };
}
