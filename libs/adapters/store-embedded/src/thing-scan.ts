import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SortKey, ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from '@gemel/application/ports';
import { namespaceOf } from '@gemel/model/ids';
import { parsePointer, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonPointer, JsonValue } from '@gemel/model/json';
import { compileCriteria, propertiesOf } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import { withHiddenMembers } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import { BestMatches } from './best-matches.js';
import type { States } from './states.js';

/** How long a scan keeps the event loop before it lets others run. */
const SLICE_MS = 5;
/** Things between two looks at the clock: some are large or have to be read from the disk. */
const LOOK_EVERY = 16;
/** A page that is not full after so many things in the order of their ids comes sooner by looking at all in any order. */
const IN_ORDER_AT_MOST = 2_000;

interface Scan {
  readonly candidates: Iterable<ThingState>;
  readonly documentOf: (thing: Thing, state: ThingState) => JsonObject;
  /** True when no more are wanted. */
  readonly found: (state: ThingState, thing: Thing, document: JsonObject) => boolean;
  /** Candidates to look at. */
  readonly atMost?: number;
}

/** Search by looking at things: 0.1 µs a predicate when they are in memory. */
export class ThingScan implements ThingSearch {
  constructor(
    private readonly states: States,
    private readonly now: () => number,
  ) {}

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    const ids = requiredIds(query.criteria);
    const last = ids === undefined ? lastOfPageBefore(query) : undefined;
    return (last === undefined ? undefined : await this.#findInOrder(query, last)) ?? this.#findAnywhere(query, ids);
  }

  async count(query: ThingQuery): Promise<number> {
    let count = 0;
    const candidates = this.#candidates(requiredIds(query.criteria));
    const found = () => {
      count += 1;
      return false;
    };
    await this.#scan(query, { candidates, documentOf: documents(query, []), found });
    return count;
  }

  /** Stops at the end of the page, which is often soon; undefined when it is not. */
  async #findInOrder(query: ThingPageQuery, last: string): Promise<readonly ThingMatch[] | undefined> {
    const wanted = (query.offset ?? 0) + query.limit;
    const atMost = this.states.areAllInMemory ? IN_ORDER_AT_MOST : Infinity;
    if (wanted > atMost) return undefined;
    const best = new BestMatches(query);
    const matchOf = matchesOf(query);
    let count = 0;
    const ended = await this.#scan(query, {
      candidates: this.states.inOrder(last),
      documentOf: documents(query, query.sort),
      found: (state, thing, document) => {
        if (best.offer(matchOf(state, thing, document))) count += 1;
        return count >= wanted;
      },
      atMost,
    });
    return ended ? best.take() : undefined;
  }

  async #findAnywhere(query: ThingPageQuery, ids: readonly string[] | undefined): Promise<readonly ThingMatch[]> {
    const best = new BestMatches(query);
    const matchOf = matchesOf(query);
    await this.#scan(query, {
      candidates: this.#candidates(ids),
      documentOf: documents(query, query.sort),
      found: (state, thing, document) => {
        best.offer(matchOf(state, thing, document));
        return false;
      },
    });
    return best.take();
  }

  /** False when there were more candidates than it may look at. */
  async #scan(query: ThingQuery, { candidates, documentOf, found, atMost = Infinity }: Scan): Promise<boolean> {
    const matches = query.criteria === undefined ? undefined : compileCriteria(query.criteria, { now: this.now() });
    const namespaces = query.namespaces === undefined ? undefined : new Set(query.namespaces);
    let seen = 0;
    let pauseAt = performance.now() + SLICE_MS;
    for (const state of candidates) {
      if (seen === atMost) return false;
      seen += 1;
      if (seen % LOOK_EVERY === 0 && performance.now() >= pauseAt) {
        await nextTurn();
        pauseAt = performance.now() + SLICE_MS;
      }
      if (state.deleted || namespaces?.has(namespaceOf(state.thing.thingId)) === false) continue;
      const view = query.view(state);
      const thing = view instanceof Promise ? await view : view;
      if (thing === undefined) continue;
      const document = documentOf(thing, state);
      if ((matches === undefined || matches(document)) && found(state, thing, document)) return true;
    }
    return true;
  }

  /** All things, or only those with the given ids. */
  #candidates(ids: readonly string[] | undefined): Iterable<ThingState> {
    return ids === undefined ? this.states.all() : ids.flatMap((id) => this.states.thing(id) ?? []);
  }
}

function matchesOf({ sort }: ThingPageQuery): (state: ThingState, thing: Thing, document: JsonObject) => ThingMatch {
  const keys = sort.map(({ property }) => parsePointer(property));
  return (state, thing, document) => {
    const sortValues: JsonValue[] = keys.map((key) => valueAt(document, key) ?? null);
    sortValues.push(thing.thingId);
    return { state, thing, sortValues };
  };
}

/** Where a search in the order of the thing ids begins; undefined when it has another order. */
function lastOfPageBefore({ sort: [first], after }: ThingPageQuery): string | undefined {
  if (first !== undefined && (first.direction === 'desc' || !isThingId(parsePointer(first.property)))) return undefined;
  return typeof after?.[0] === 'string' ? after[0] : '';
}

/** The thing ids that criteria cannot do without; undefined when they do not say. */
function requiredIds(criteria: Criteria | undefined): readonly string[] | undefined {
  switch (criteria?.op) {
    case 'and':
      return criteria.operands.map(requiredIds).find((ids) => ids !== undefined);
    case 'eq':
      return isThingId(criteria.property) ? onlyTexts([criteria.value]) : undefined;
    case 'in':
      return isThingId(criteria.property) ? onlyTexts(criteria.values) : undefined;
    default:
      return undefined;
  }
}

function isThingId(property: JsonPointer): boolean {
  return property.length === 1 && property[0] === 'thingId';
}

function onlyTexts(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}

/** Hidden members are added only when someone asks for them. */
function documents(query: ThingQuery, sort: readonly SortKey[]): (thing: Thing, state: ThingState) => JsonObject {
  const properties = [
    ...(query.criteria === undefined ? [] : propertiesOf(query.criteria)),
    ...sort.map(({ property }) => parsePointer(property)),
  ];
  const hidden = properties.some(([root]) => root?.startsWith('_') === true);
  return hidden ? withHiddenMembers : (thing) => thing;
}
