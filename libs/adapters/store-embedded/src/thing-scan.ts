import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SortKey, ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from '@gemel/application/ports';
import { namespaceOf } from '@gemel/model/ids';
import { parsePointer, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';
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

/** Search by looking at every thing: 0.1 µs a predicate when the things are in memory. */
export class ThingScan implements ThingSearch {
  constructor(
    private readonly states: States,
    private readonly now: () => number,
  ) {}

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    const best = new BestMatches(query);
    const keys = query.sort.map(({ property }) => sortPointer(property));
    const documentOf = documents(query, query.sort);
    await this.#scan(query, documentOf, (state, thing, document) => {
      const sortValues = keys.map((key) => valueAt(document, key) ?? null);
      best.offer({ state, thing, sortValues: [...sortValues, thing.thingId] });
    });
    return best.take();
  }

  async count(query: ThingQuery): Promise<number> {
    let count = 0;
    await this.#scan(query, documents(query, []), () => count++);
    return count;
  }

  async #scan(
    query: ThingQuery,
    documentOf: (thing: Thing, state: ThingState) => JsonObject,
    found: (state: ThingState, thing: Thing, document: JsonObject) => void,
  ): Promise<void> {
    const matches = query.criteria === undefined ? undefined : compileCriteria(query.criteria, { now: this.now() });
    const namespaces = query.namespaces === undefined ? undefined : new Set(query.namespaces);
    let seen = 0;
    let pauseAt = performance.now() + SLICE_MS;
    for (const state of this.#candidates(query.criteria)) {
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
      if (matches === undefined || matches(document)) found(state, thing, document);
    }
  }

  /** All things, or only those whose ids the criteria name. */
  #candidates(criteria: Criteria | undefined): Iterable<ThingState> {
    const ids = criteria === undefined ? undefined : requiredIds(criteria);
    if (ids === undefined) return this.states.all();
    return ids.flatMap((id) => this.states.thing(id) ?? []);
  }
}

/** The thing ids that criteria cannot do without; undefined when they do not say. */
function requiredIds(criteria: Criteria): readonly string[] | undefined {
  switch (criteria.op) {
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
    ...sort.map(({ property }) => sortPointer(property)),
  ];
  const hidden = properties.some(([root]) => root?.startsWith('_') === true);
  return hidden ? withHiddenMembers : (thing) => thing;
}

function sortPointer(property: string): JsonPointer {
  return parsePointer(property);
}
