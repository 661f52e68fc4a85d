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
import type { Candidates, ScanSource } from './scan-source.js';

/** How long a scan keeps the event loop before it lets others run. */
const SLICE_MS = 5;
/** Things between two looks at the clock: some are large or have to be read from the disk. */
const LOOK_EVERY = 16;

interface Scan {
  readonly candidates: Candidates;
  readonly documentOf: (thing: Thing, state: ThingState) => JsonObject;
  /** True when no more are wanted. */
  readonly found: (state: ThingState, thing: Thing, document: JsonObject) => boolean;
  /** Candidates to look at. */
  readonly atMost?: number;
}

/** One look at many things, until enough are found. */
class Look {
  readonly #matches: ((document: JsonObject) => boolean) | undefined;
  readonly #namespaces: ReadonlySet<string> | undefined;
  #seen = 0;
  #pauseAt = performance.now() + SLICE_MS;
  /** There were more candidates than may be looked at. */
  isCutOff = false;

  constructor(
    private readonly query: ThingQuery,
    private readonly scan: Scan,
    now: number,
  ) {
    const { criteria, namespaces } = query;
    this.#matches = criteria === undefined ? undefined : compileCriteria(criteria, { now });
    this.#namespaces = namespaces === undefined ? undefined : new Set(namespaces);
  }

  get isPauseDue(): boolean {
    return this.#seen % LOOK_EVERY === 0 && performance.now() >= this.#pauseAt;
  }

  /** Lets others run. */
  async pause(): Promise<void> {
    this.query.proceed?.();
    await nextTurn();
    this.#pauseAt = performance.now() + SLICE_MS;
  }

  viewOf(state: ThingState): Thing | undefined | Promise<Thing | undefined> {
    const isOut = state.deleted || this.#namespaces?.has(namespaceOf(state.thing.thingId)) === false;
    return isOut ? undefined : this.query.view(state);
  }

  /** True when no more are wanted. */
  at(state: ThingState, thing: Thing | undefined): boolean {
    if (this.#seen === this.scan.atMost) {
      this.isCutOff = true;
      return true;
    }
    this.#seen += 1;
    if (thing === undefined) return false;
    const document = this.scan.documentOf(thing, state);
    return (this.#matches === undefined || this.#matches(document)) && this.scan.found(state, thing, document);
  }

  /** As `at`, for all of a portion; their views are asked for together, because policies come from afar, too. */
  async atPortion(portion: readonly ThingState[]): Promise<boolean> {
    this.query.proceed?.();
    const views = await Promise.all(portion.map(async (state) => this.viewOf(state)));
    if (this.isPauseDue) await this.pause();
    return portion.some((state, index) => this.at(state, views[index]));
  }
}

/** Search by looking at things: 0.1 µs a predicate when they are in memory. */
export class ThingScan implements ThingSearch {
  constructor(
    private readonly source: ScanSource,
    private readonly now: () => number,
  ) {}

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    const ids = requiredIds(query.criteria);
    const last = ids === undefined ? lastOfPageBefore(query) : undefined;
    return (last === undefined ? undefined : await this.#findInOrder(query, last)) ?? this.#findAnywhere(query, ids);
  }

  async count(query: ThingQuery): Promise<number> {
    let count = 0;
    const candidates = this.#candidates(query, requiredIds(query.criteria));
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
    const atMost = this.source.inOrderAtMost(query);
    if (wanted > atMost) return undefined;
    const best = new BestMatches(query);
    const matchOf = matchesOf(query);
    let count = 0;
    const ended = await this.#scan(query, {
      candidates: this.source.inOrder(last),
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
      candidates: this.#candidates(query, ids),
      documentOf: documents(query, query.sort),
      found: (state, thing, document) => {
        best.offer(matchOf(state, thing, document));
        return false;
      },
    });
    return best.take();
  }

  /** False when there were more candidates than it may look at. */
  async #scan(query: ThingQuery, scan: Scan): Promise<boolean> {
    const look = new Look(query, scan, this.now());
    const { candidates } = scan;
    if (Symbol.asyncIterator in candidates) {
      for await (const portion of candidates) if (await look.atPortion(portion)) break;
    } else {
      for (const state of candidates) {
        if (look.isPauseDue) await look.pause();
        const view = look.viewOf(state);
        if (look.at(state, view instanceof Promise ? await view : view)) break;
      }
    }
    return !look.isCutOff;
  }

  /** All things, or only those with the given ids. */
  #candidates(query: ThingQuery, ids: readonly string[] | undefined): Candidates {
    return ids === undefined ? this.source.all(query) : this.source.withIds(ids);
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
