import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SortKey, ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from '@gemel/application/ports';
import { kindOf } from '@gemel/model/composition';
import { namespaceOf } from '@gemel/model/ids';
import { parsePointer, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { compileCriteria, propertiesOf } from '@gemel/model/rql';
import { withHiddenMembers } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import { BestMatches } from './best-matches.js';
import type { Candidates } from './scan-source.js';

/** How long a scan keeps the event loop before it lets others run. */
const SLICE_MS = 5;
/** Things between two looks at the clock: some are large or have to be read from the disk. */
const LOOK_EVERY = 16;

export interface Scan {
  readonly candidates: Candidates;
  readonly documentOf: (thing: Thing, state: ThingState) => JsonObject;
  /** True when no more are wanted. */
  readonly found: (state: ThingState, thing: Thing, document: JsonObject) => boolean;
  /** Candidates to look at. */
  readonly atMost?: number;
}

/** Is told of a thing that matches. */
export type Tell = Parameters<ThingSearch['visit']>[1];

/** One look at many things, until enough are found. */
export class Look {
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
    return this.#seen % LOOK_EVERY === 0 && this.isOver;
  }

  /** Others have waited long enough. */
  get isOver(): boolean {
    return performance.now() >= this.#pauseAt;
  }

  /** Lets others run. */
  async pause(): Promise<void> {
    this.query.proceed?.();
    await nextTurn();
    this.#pauseAt = performance.now() + SLICE_MS;
  }

  viewOf(state: ThingState): Thing | undefined | Promise<Thing | undefined> {
    const { kind, view } = this.query;
    const isOut = state.deleted || this.#namespaces?.has(namespaceOf(state.thing.thingId)) === false;
    return isOut || (kind !== undefined && kindOf(state.thing) !== kind) ? undefined : view(state);
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
    const views = await this.#viewsOf(portion);
    if (this.isPauseDue) await this.pause();
    return portion.some((state, index) => this.at(state, views[index]));
  }

  async #viewsOf(portion: readonly ThingState[]): Promise<readonly (Thing | undefined)[]> {
    const views: (Thing | undefined)[] = [];
    for (const [index, state] of portion.entries()) {
      const view = this.viewOf(state);
      if (view instanceof Promise) {
        const others = portion.slice(index + 1).map(async (each) => this.viewOf(each));
        return [...views, ...(await Promise.all([view, ...others]))];
      }
      views.push(view);
    }
    return views;
  }
}

/** Looks at candidates until enough are found; false when there were more than it may look at. */
export async function lookAt(query: ThingQuery, scan: Scan, now: number): Promise<boolean> {
  const look = new Look(query, scan, now);
  const { candidates } = scan;
  if (Symbol.asyncIterator in candidates) {
    for await (const portion of candidates) if (await look.atPortion(portion)) break;
  } else {
    for (const state of candidates) {
      if (state === undefined ? look.isOver : look.isPauseDue) await look.pause();
      if (state === undefined) continue;
      const view = look.viewOf(state);
      if (look.at(state, view instanceof Promise ? await view : view)) break;
    }
  }
  return !look.isCutOff;
}

/** The page of the matches among candidates. */
export async function bestOf(
  query: ThingPageQuery,
  candidates: Candidates,
  now: number,
): Promise<readonly ThingMatch[]> {
  const best = new BestMatches(query);
  const matchOf = matchesOf(query);
  const found: Scan['found'] = (state, thing, document) => {
    best.offer(matchOf(state, thing, document));
    return false;
  };
  await lookAt(query, { candidates, documentOf: documents(query, query.sort), found }, now);
  return best.take();
}

/** Tells of those of the candidates that match. */
export async function visitAll(query: ThingQuery, candidates: Candidates, now: number, tell: Tell): Promise<void> {
  const found: Scan['found'] = (state, thing) => {
    tell({ state, thing });
    return false;
  };
  await lookAt(query, { candidates, documentOf: documents(query, []), found }, now);
}

/** How many are told of. */
export async function countOf(visit: (tell: Tell) => Promise<void>): Promise<number> {
  let count = 0;
  await visit(() => {
    count += 1;
  });
  return count;
}

/** Makes matches of what is found. */
export function matchesOf({
  sort,
}: ThingPageQuery): (state: ThingState, thing: Thing, document: JsonObject) => ThingMatch {
  const keys = sort.map(({ property }) => parsePointer(property));
  return (state, thing, document) => {
    const sortValues: JsonValue[] = keys.map((key) => valueAt(document, key) ?? null);
    sortValues.push(thing.thingId);
    return { state, thing, sortValues };
  };
}

/** Hidden members are added only when someone asks for them. */
export function documents(
  query: ThingQuery,
  sort: readonly SortKey[],
): (thing: Thing, state: ThingState) => JsonObject {
  const properties = [
    ...(query.criteria === undefined ? [] : propertiesOf(query.criteria)),
    ...sort.map(({ property }) => parsePointer(property)),
  ];
  const hidden = properties.some(([root]) => root?.startsWith('_') === true);
  return hidden ? withHiddenMembers : (thing) => thing;
}
