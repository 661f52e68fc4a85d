import type { FieldSelector, JsonObject } from '@gemel/model/json';
import {
  RqlExpressionInvalid,
  SearchOptionInvalid,
  isFilter,
  parseCriteria,
  parseSearchOptions,
  resolveSearchOptions,
} from '@gemel/model/rql';
import type { Criteria, SearchOption, SearchSort } from '@gemel/model/rql';
import type { Scope } from './search-request.js';

/** A search whose results are streamed, as the caller writes it. */
export interface StreamRequest {
  /** One RQL query. */
  readonly filter?: string | undefined;
  readonly scope?: Scope | undefined;
  readonly namespaces?: readonly string[] | undefined;
  /** At most one `sort`; a `size` is allowed and means nothing. */
  readonly option?: string | undefined;
  readonly fields?: FieldSelector | undefined;
  /** Goes on after this thing; from the beginning when empty or absent. */
  readonly lastThingId?: string | undefined;
}

export interface StreamedMatch {
  readonly thingId: string;
  readonly item: JsonObject;
}

/** What a stream looks for, in which order. */
export interface StreamPlan {
  readonly sort: readonly SearchSort[];
  /** @throws RqlExpressionInvalid, JsonPointerInvalid for what is only found out when the stream has begun */
  readonly criteria: () => Criteria | undefined;
}

/**
 * What is checked before the stream begins.
 * @throws RqlExpressionInvalid, SearchOptionInvalid with Ditto's texts for streams, which differ from those of pages
 */
export function planStream({ filter, option = '' }: StreamRequest): StreamPlan {
  if (filter !== undefined && !isFilter(filter)) throw new RqlExpressionInvalid(`'${filter}' is not a filter.`);
  const criteria = () => (filter === undefined ? undefined : parseCriteria(filter, { placeholders: false }));
  return { criteria, sort: sortOf(option === '' ? [] : parseSearchOptions(option)) };
}

function sortOf(options: readonly SearchOption[]): readonly SearchSort[] {
  for (const option of options) {
    if (option.name === 'sort' || option.name === 'size') continue;
    throw new SearchOptionInvalid(`A stream takes no option ${written(option)}.`);
  }
  const sorts = options.filter(({ name }) => name === 'sort');
  if (sorts.length > 1)
    throw new SearchOptionInvalid('There are several options sort.', 'Name all keys in one: sort(+a,-b).');
  try {
    return resolveSearchOptions(sorts).sort;
  } catch (error) {
    if (!(error instanceof SearchOptionInvalid)) throw error;
    throw new SearchOptionInvalid(
      error.message,
      "Write it like sort(-attributes/counter,+thingId); in a URL '+' is '%2B'.",
    );
  }
}

function written(option: Extract<SearchOption, { readonly name: 'cursor' | 'limit' }>): string {
  return option.name === 'cursor' ? `cursor(${option.cursor})` : `limit(${option.offset},${option.count})`;
}
