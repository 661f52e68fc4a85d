import type { ApiRequest, Reply, RequestBody } from '../http/index.js';
import type { SearchPage } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { joinOptions } from '@gemel/model/rql';
import { formBody } from './form-body.js';

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

/** The body, JSON or an HTML form; undefined when there is none. @throws JsonInvalid, UrlInvalid, BodyInvalid */
export function bodyOf(request: ApiRequest): JsonValue | undefined {
  if (request.text() === '') return undefined;
  const isForm = request.header('content-type')?.toLowerCase().startsWith(FORM) === true;
  return isForm ? formBody(request.form()) : request.json();
}

const FORM = 'application/x-www-form-urlencoded';

/** Who asks, and what travels on: the extended API has neither conditions nor preconditions. */
export function contextOf(request: ApiRequest): SignalContext {
  const { subjects, headers } = request.context();
  return { subjects, headers };
}

/** The options, of several parameters as of one; undefined when there are none. */
export function optionOf(request: ApiRequest): string | undefined {
  const options = request.queryAll('option').filter((option) => option !== '');
  return options.length === 0 ? undefined : joinOptions(options);
}

export function bodyDescription(description: string): RequestBody {
  return {
    description,
    mediaTypes: ['application/json', 'application/merge-patch+json', FORM],
    optional: true,
    schema: THING,
  };
}

/** Whether values of features are reset in copies. @throws HeaderInvalid */
export function resetsValues(request: ApiRequest): boolean {
  return request.queryFlag('resetValues') ?? true;
}

export const RESET_VALUES = {
  name: 'resetValues',
  in: 'query',
  description:
    '`false` keeps the values of features, those of the body too; without it they are null, as in OpenTwins.',
  schema: { type: 'boolean', default: true },
} as const;

export const THING: JsonObject = { type: 'object' };
export const TEXT: JsonObject = { type: 'string' };

export const PAGE_OPTION = {
  name: 'option',
  in: 'query',
  description:
    'As in the search of things, for example `size(50),sort(+thingId)`, with the `cursor(…)` of the page before.',
} as const;
