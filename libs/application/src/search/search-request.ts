import type { Kind } from '@gemel/model/composition';
import type { FieldSelector, JsonValue } from '@gemel/model/json';
import {
  cursorInvalid,
  formatCriteria,
  parseCriteria,
  parseSearchOptions,
  resolveSearchOptions,
} from '@gemel/model/rql';
import type { Criteria, SearchOption, SearchSort } from '@gemel/model/rql';
import { isSameOrder, parseCursor } from './cursor.js';
import type { Cursor } from './cursor.js';

/** Where callers inside look in the first place. */
export interface Scope {
  /** As things are stored: who reads their features only does not make types twins. */
  readonly kind?: Kind | undefined;
  /** Of what the caller may read. */
  readonly criteria?: Criteria | undefined;
}

/** A search as the caller writes it. */
export interface SearchRequest {
  /** RQL; several are joined by `and`. */
  readonly filter?: string | readonly string[] | undefined;
  /** Instead of `filter`, for callers inside that must not build RQL out of ids. */
  readonly criteria?: Criteria | undefined;
  /** In no cursor, so it is to be given with each page. */
  readonly scope?: Scope | undefined;
  /** Exact namespaces; a cursor brings its own. */
  readonly namespaces?: readonly string[] | undefined;
  /** Where the caller may look, of where it asks to; everywhere when absent. Throws for what it may not reach at all. */
  readonly within?: (asked: readonly string[] | undefined) => readonly string[] | undefined;
  /** For example `size(10),sort(+thingId),cursor(…)`; not given when empty. */
  readonly option?: string | undefined;
  /** The order where neither the options nor a cursor say one; by thing id when absent. */
  readonly sort?: readonly SearchSort[] | undefined;
  readonly fields?: FieldSelector | undefined;
}

/** What a search looks for, and which page of it. */
export interface ReadRequest {
  /** As the cursor of the next page will have it. */
  readonly filter: string | undefined;
  readonly criteria: Criteria | undefined;
  readonly namespaces: readonly string[] | undefined;
  readonly sort: readonly SearchSort[];
  readonly size: number;
  readonly isSized: boolean;
  /** Only with `limit(offset,count)`. */
  readonly offset: number | undefined;
  readonly after: readonly JsonValue[] | undefined;
}

/**
 * Reads filter and options in Ditto's order: options as text, the cursor, the filter, the values of the options.
 * A cursor brings filter, namespaces and order along, and what is repeated of filter and order must be the same.
 * @throws RqlExpressionInvalid, SearchOptionInvalid, JsonPointerInvalid
 */
export function readSearchRequest(request: SearchRequest): ReadRequest {
  const options = request.option === undefined || request.option === '' ? [] : parseSearchOptions(request.option);
  const cursorOption = options.find((option) => option.name === 'cursor');
  const given = filterText(request);
  const { within = (asked) => asked } = request;
  if (cursorOption === undefined) {
    const namespaces = within(request.namespaces);
    const criteria = given.criteria ?? parseSearchFilter(given.filter);
    const { sort: asked, size, isSized, offset } = resolveSearchOptions(options);
    const sort = request.sort === undefined || options.some(({ name }) => name === 'sort') ? asked : request.sort;
    return {
      filter: given.filter,
      criteria,
      namespaces,
      sort,
      size,
      isSized,
      offset,
      after: undefined,
    };
  }
  const cursor = parseCursor(cursorOption.cursor);
  checkUnchanged(cursor, given.filter, options);
  const { filter, sort, after } = cursor;
  // Whoever makes up a cursor must not get further with it than without.
  const namespaces = within(cursor.namespaces);
  const criteria = parseSearchFilter(filter);
  const { size, isSized } = resolveSearchOptions(options);
  return { filter, criteria, namespaces, sort, size, isSized, offset: undefined, after };
}

/**
 * What the filter of a search means; undefined matches everything.
 * @throws RqlExpressionInvalid, JsonPointerInvalid
 */
export function readSearchFilter(request: Pick<SearchRequest, 'filter'>): Criteria | undefined {
  return parseSearchFilter(filterText(request).filter);
}

/** Ditto puts `and(…)` around what it was given, and its messages show it. */
function filterText({ filter, criteria }: Pick<SearchRequest, 'filter' | 'criteria'>): {
  readonly filter: string | undefined;
  readonly criteria?: Criteria;
} {
  if (filter !== undefined) return { filter: `and(${[filter].flat().join(',')})` };
  return criteria === undefined ? { filter: undefined } : { filter: `and(${formatCriteria(criteria)})`, criteria };
}

function parseSearchFilter(text: string | undefined): Criteria | undefined {
  if (text === undefined) return undefined;
  const criteria = parseCriteria(text, { placeholders: false });
  const only = 'operands' in criteria && criteria.operands.length === 1 ? criteria.operands[0] : undefined;
  return only ?? criteria;
}

function checkUnchanged(cursor: Cursor, filter: string | undefined, options: readonly SearchOption[]): void {
  if (filter !== undefined && filter !== cursor.filter)
    throw cursorInvalid("The parameter 'filter' must not differ from the original query of the cursor.");
  const sorts = options.filter((option) => option.name === 'sort');
  if (sorts.some((sort) => !isSameOrder(resolveSearchOptions([sort]).sort, cursor.sort)))
    throw cursorInvalid("The option 'sort' must not differ from the original query of the cursor.");
}
