import type { ApiRequest, Reply, RequestBody } from '../http/index.js';
import type { SearchPage } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import type { GemelError } from '@gemel/model/errors';
import type { JsonObject, JsonValue } from '@gemel/model/json';

/** JSON as OpenTwins' extended API sends it: indented by two spaces. */
export function prettyReply(status: number, value: JsonValue): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value, null, 2),
  };
}

/** What a composed operation answers: an empty JSON string. */
export const DONE = prettyReply(200, '');
export const NO_CONTENT: Reply = { status: 204 };

/** An array, or `{items, cursor}` when there are more pages or this one continues another. */
export function pageReply({ items, cursor }: SearchPage, continues = false): Reply {
  if (cursor === undefined && !continues) return prettyReply(200, items);
  return prettyReply(200, cursor === undefined ? { items } : { items, cursor });
}

/**
 * Refusals in the form of the extended API: its own are a bare JSON string; those of the things behind it, missing and
 * wrong-kind things among them, are a status without a body.
 */
export function refusal(error: GemelError): Reply {
  if (/^(?:things|policies|thing-search|rql)[:.]/.test(error.code) || error.code === 'composition:kind.wrong') {
    return { status: error.status };
  }
  return prettyReply(error.status, error.message);
}

/** Lists of children answer with an empty list where others have no body. */
export function childrenRefusal(error: GemelError): Reply {
  const reply = refusal(error);
  return reply.body === undefined ? prettyReply(reply.status, []) : reply;
}

/** The body, undefined when there is none. @throws JsonInvalid */
export function bodyOf(request: ApiRequest): JsonValue | undefined {
  return request.text() === '' ? undefined : request.json();
}

/** Who asks, and what travels on: the extended API has neither conditions nor preconditions. */
export function contextOf(request: ApiRequest): SignalContext {
  const { subjects, headers } = request.context();
  return { subjects, headers };
}

/** The option list, undefined when there is none. */
export function optionOf(request: ApiRequest): string | undefined {
  const option = request.query('option');
  return option === '' ? undefined : option;
}

export function bodyDescription(description: string): RequestBody {
  return {
    description,
    mediaTypes: ['application/json', 'application/merge-patch+json'],
    optional: true,
    schema: THING,
  };
}

export const THING: JsonObject = { type: 'object' };
export const TEXT: JsonObject = { type: 'string' };

export const PAGE_OPTION = {
  name: 'option',
  in: 'query',
  description:
    'As in the search of things, for example `size(50),sort(+thingId)`, with the `cursor(…)` of the page before.',
} as const;
