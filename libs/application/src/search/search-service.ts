import type { FieldSelector, JsonObject } from '@gemel/model/json';
import { parseFilter, parseSearchOptions } from '@gemel/model/rql';
import type { Criteria, SearchOptions } from '@gemel/model/rql';
import { liveThing } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import type { PolicyRights } from '@gemel/model/policies';
import type { PolicyEnforcers } from '../policies/index.js';
import type { ThingQuery, ThingSearch } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { projectWithPolicy } from '../things/index.js';
import { fingerprint, formatCursor, parseCursor } from './cursor.js';

/** A search as the caller writes it. */
export interface SearchRequest {
  /** RQL; several are joined by `and`. */
  readonly filter?: string | readonly string[] | undefined;
  /** Instead of `filter`, for callers inside that must not build RQL out of ids. */
  readonly criteria?: Criteria | undefined;
  /** Exact namespaces. */
  readonly namespaces?: readonly string[] | undefined;
  /** For example `size(10),sort(+thingId),cursor(…)`. */
  readonly option?: string | undefined;
  readonly fields?: FieldSelector | undefined;
}

export interface SearchPage {
  readonly items: readonly JsonObject[];
  /** Absent on the last page. */
  readonly cursor?: string;
  /** Where the next page begins; only with `limit(offset,count)`, and only when there is one. */
  readonly nextPageOffset?: number;
}

/** Finds the things that a caller may read. Predicates see readable content only; answers are never stale. */
export class SearchService {
  constructor(
    private readonly index: ThingSearch,
    private readonly enforcers: PolicyEnforcers,
  ) {}

  /** @throws RqlExpressionInvalid, SearchOptionInvalid, SearchCursorInvalid */
  async search(request: SearchRequest, context: Pick<SignalContext, 'subjects'>): Promise<SearchPage> {
    const options = parseSearchOptions(request.option);
    const identity = fingerprint([
      request.filter === undefined ? null : [request.filter].flat(),
      request.criteria ?? null,
      request.namespaces ?? null,
      options.sort.map((key) => [key.direction, key.property]),
    ]);
    const after = options.cursor === undefined ? undefined : parseCursor(options.cursor, identity, options.sort.length);
    const size = pageSize(options);
    // One more than asked tells whether there is a next page.
    const found = await this.index.find({
      ...this.#query(request, context),
      sort: options.sort,
      after,
      offset: options.limit?.offset,
      limit: size + 1,
    });
    const page = found.slice(0, size);
    const reader = { enforcers: this.enforcers, subjects: context.subjects };
    const items = await Promise.all(
      page.map((match) => projectWithPolicy(match.thing, match.state, request.fields, reader)),
    );
    const last = page.at(-1);
    if (last === undefined || found.length <= size) return { items };
    if (options.limit !== undefined) return { items, nextPageOffset: options.limit.offset + size };
    return { items, cursor: formatCursor({ fingerprint: identity, after: last.sortValues }) };
  }

  /** Everything that matches, by thing id, for callers inside: one look at the index instead of one a page. */
  async all(criteria: Criteria, context: Pick<SignalContext, 'subjects'>): Promise<readonly JsonObject[]> {
    const query = this.#query({ criteria }, context);
    const found = await this.index.find({ ...query, sort: [], limit: Number.MAX_SAFE_INTEGER });
    return found.map((match) => match.thing);
  }

  async count(
    request: Pick<SearchRequest, 'filter' | 'namespaces'>,
    context: Pick<SignalContext, 'subjects'>,
  ): Promise<number> {
    return this.index.count(this.#query(request, context));
  }

  #query(request: Omit<SearchRequest, 'option' | 'fields'>, context: Pick<SignalContext, 'subjects'>): ThingQuery {
    return {
      criteria: request.filter === undefined ? request.criteria : parseFilter(request.filter),
      namespaces: request.namespaces,
      view: this.#view(context),
    };
  }

  /** Asks each policy once a search. */
  #view(context: Pick<SignalContext, 'subjects'>): ThingQuery['view'] {
    const known = new Map<string, PolicyRights | null>();
    return (state: ThingState): Thing | undefined | Promise<Thing | undefined> => {
      const thing = liveThing(state);
      if (thing === undefined) return undefined;
      const rights = known.get(thing.policyId);
      if (rights !== undefined) return rights?.on(thing.thingId).view(thing);
      return this.enforcers.rights(thing.policyId, context.subjects).then((loaded) => {
        known.set(thing.policyId, loaded ?? null);
        return loaded?.on(thing.thingId).view(thing);
      });
    };
  }
}

function pageSize(options: SearchOptions): number {
  return options.limit?.count ?? options.size;
}
