import type { PageRequest, RunMode } from '@gemel/application/composition';
import type { SearchPage } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import { CompositionQueryInvalid } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { joinOptions } from '@gemel/model/rql';
import type { ApiRequest, Reply, ResponseDescription } from '../http/index.js';
import { jsonReply } from '../http/index.js';
import { schemaRef } from '../openapi/index.js';

export type Base = 'types' | 'twins';

/** Groups of the API description. */
export const TAGS = { types: 'Composition: types', twins: 'Composition: twins' } as const;

export function thingIdIn(request: ApiRequest<'thingId'>): ThingId {
  return parseThingId(request.param('thingId'));
}

/** Who asks, and what travels on; conditions and preconditions of single things mean nothing to many. */
export function callerOf(request: ApiRequest): SignalContext {
  const { subjects, headers } = request.context();
  return { subjects, headers };
}

/** Whether a change is only planned, and the entity tags that it depends on. @throws CompositionQueryInvalid */
export function modeOf(request: ApiRequest): RunMode {
  return { dryRun: flagIn(request, 'dryRun'), preconditions: request.context().preconditions };
}

export function pageRequest(request: ApiRequest): PageRequest {
  const filter = request.queryAll('filter');
  const option = request.queryAll('option');
  return {
    filter: filter.length === 0 ? undefined : filter,
    option: option.length === 0 ? undefined : joinOptions(option),
    fields: request.fields(),
  };
}

export function pageReply({ items, cursor }: SearchPage): Reply {
  return jsonReply(200, cursor === undefined ? { items } : { items, cursor });
}

/** @throws CompositionQueryInvalid */
export function flagIn(request: ApiRequest, name: string): boolean {
  const text = request.query(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new CompositionQueryInvalid(name, text, 'true or false');
  return text === 'true';
}

/** @throws CompositionQueryInvalid */
export function numberIn(request: ApiRequest, name: string, { max, usual }: { max: number; usual: number }): number {
  const text = request.query(name);
  if (text === undefined) return usual;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(number <= max)) throw new CompositionQueryInvalid(name, text, `a number from 0 to ${String(max)}`);
  return number;
}

type Responses = Readonly<Record<number, ResponseDescription>>;

const error = schemaRef('Error');
const ITEM: JsonObject = schemaRef('Thing');

export const PAGE_RESPONSE: Responses = {
  200: { description: 'One page.', schema: schemaRef('SearchResult') },
  400: { description: 'The filter or an option is not valid.', schema: error },
};
export const THING_RESPONSE: Responses = { 200: { description: 'It.', schema: ITEM } };
export const ADDRESSED: Responses = {
  404: { description: 'It does not exist, you may not read it, or it is of the other kind.', schema: error },
};
export const TOO_LARGE: Responses = {
  422: { description: 'Too many things would take part.', schema: error },
};
