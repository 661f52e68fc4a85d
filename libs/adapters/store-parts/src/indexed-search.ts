import type { Meter, SortKey, ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from '@gemel/application/ports';
import { parsePointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { ThingState } from '@gemel/model/things';
import { BestMatches } from './best-matches.js';
import { bestOf, countOf, documents, lookAt, matchesOf, visitAll } from './look.js';
import type { Scan, Tell } from './look.js';
import { preselection } from './preselection.js';
import type { ScanSource } from './scan-source.js';
import { ThingScan, requiredIds } from './thing-scan.js';
import {
  IndexShelf,
  OrderedWalk,
  RIGHTS,
  compareKeys,
  intersection,
  keyOf,
  select,
  selectNamespaces,
  thingsIn,
} from './value-index/index.js';
import type { IndexedThings, Selection, ShelfOptions, ThingSet, ValueIndex, WalkStart } from './value-index/index.js';

/** A store whose things can be indexed in memory. */
export interface IndexedSource extends ScanSource, IndexedThings {
  /** Ids that ever were. */
  readonly thingCount: number;
}

const FEW_THINGS = 1_000;
/** Things that may be looked at in order, beyond a page of them, before all are looked at. */
const PATIENCE = 2_000;
/** So many are looked at sooner than found in an order. */
const FEW_MATCHES = 300;
/** Things that are passed over at once. */
const STEPS = 4_096;
/** Different rights that are asked for before an index may tell the order. */
const MAX_RIGHTS = 1_000;

/**
 * Search by indexes in memory, one a property, which are made when they are first needed; where there is none (yet), by
 * looking at all things. The indexes are of what is stored: they pre-select, and the criteria decide on what the caller sees.
 */
export class IndexedSearch implements ThingSearch {
  readonly #scan: ThingScan;
  readonly #shelf: IndexShelf;

  constructor(
    private readonly source: IndexedSource,
    private readonly now: () => number,
    private readonly options: ShelfOptions = {},
  ) {
    this.#scan = new ThingScan(source, now);
    this.#shelf = new IndexShelf(source, options);
  }

  /** To be told after each commit. */
  changed(id: string): void {
    this.#shelf.changed(id);
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_search_indexes',
        help: 'Properties that are indexed in memory for searches.',
        kind: 'gauge',
        read: () => this.#shelf.counts.indexes,
      },
      {
        name: 'gemel_search_index_entries',
        help: 'Entries of these indexes, about 130 bytes each.',
        kind: 'gauge',
        read: () => this.#shelf.counts.entries,
      },
      {
        name: 'gemel_search_indexes_pending',
        help: 'Properties whose index is being made; until then searches look at all things.',
        kind: 'gauge',
        read: () => this.#shelf.counts.pending,
      },
    ];
  }

  /** Resolves when no index is being made. */
  settled(): Promise<void> {
    return this.#shelf.settled();
  }

  stop(): Promise<void> {
    return this.#shelf.stop();
  }

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    if (!this.#isWorthIt(query)) return this.#scan.find(query);
    const indexes = new Indexes(this.#shelf);
    const selection = await selectionOf(query, indexes);
    const order = await this.#orderOf(query, indexes);
    if (!indexes.areOfOneKind) return this.#scan.find(query);
    if (selection === undefined) {
      const found = order === undefined ? undefined : await this.#findInOrder(query, order, undefined);
      return found ?? this.#scan.find(query);
    }
    const things = await thingsIn(selection);
    const found = order === undefined ? undefined : await this.#findInOrder(query, order, things);
    return found ?? bestOf(query, this.#statesIn(things, indexes), this.now());
  }

  count(query: ThingQuery): Promise<number> {
    return countOf((tell) => this.visit(query, tell));
  }

  async visit(query: ThingQuery, tell: Tell): Promise<void> {
    if (!this.#isWorthIt(query)) return this.#scan.visit(query, tell);
    const indexes = new Indexes(this.#shelf);
    const selection = await selectionOf(query, indexes);
    if (selection === undefined || !indexes.areOfOneKind) return this.#scan.visit(query, tell);
    await visitAll(query, this.#statesIn(await thingsIn(selection), indexes), this.now(), tell);
  }

  #isWorthIt({ criteria }: ThingQuery): boolean {
    return this.source.thingCount >= (this.options.fewThings ?? FEW_THINGS) && requiredIds(criteria) === undefined;
  }

  /** The index that has the order of the query; undefined when there is none, or when it could tell what is hidden. */
  async #orderOf({ sort: [first], seesWholly }: ThingPageQuery, indexes: Indexes): Promise<Order | undefined> {
    const { direction, property }: SortKey = first ?? { direction: 'asc', property: 'thingId' };
    const path = parsePointer(property);
    const index = await indexes.of(path);
    if (index === undefined) return undefined;
    const isOpen = property === 'thingId' || (property.startsWith('_') && !property.startsWith('_metadata'));
    // Descending, what is hidden comes last, with what is absent: whoever meets only what is seen before that is right.
    if (!isOpen && direction === 'desc') return { index, direction, isWhole: false };
    if (!isOpen && !(await this.#isSeenWholly(path, seesWholly, indexes))) return undefined;
    return { index, direction, isWhole: true };
  }

  async #isSeenWholly(
    property: JsonPointer,
    seesWholly: ThingPageQuery['seesWholly'],
    indexes: Indexes,
  ): Promise<boolean> {
    if (seesWholly === undefined) return false;
    const rights = await indexes.of(RIGHTS);
    if (rights === undefined) return false;
    const things = rights.firstOfEachKey(MAX_RIGHTS);
    if (things === undefined) return false;
    for (const thing of things) {
      const state = this.source.thing(rights.numbers.idOf(thing));
      if (state === undefined || state.deleted) continue;
      const seen = seesWholly(state, property);
      if (!(seen instanceof Promise ? await seen : seen)) return false;
    }
    return true;
  }

  /** Undefined when another way is shorter, or may be. */
  async #findInOrder(
    query: ThingPageQuery,
    { index, direction, isWhole }: Order,
    things: ThingSet | undefined,
  ): Promise<readonly ThingMatch[] | undefined> {
    const wanted = (query.offset ?? 0) + query.limit;
    // A walk passes over the fewer, the more there are to be met; looking at all of these costs the more.
    const isFew = (size: number) => size < Math.max(FEW_MATCHES, Math.sqrt(index.entries.size * wanted));
    if (things !== undefined && isFew(things.size)) return undefined;
    const walk = new OrderedWalk(index, direction, startOf(query, index.hasNulls));
    const end = new EndOfPage(query, walk, { wanted, hasNulls: index.hasNulls, isWhole });
    const best = new BestMatches(query);
    const matchOf = matchesOf(query);
    const scan: Scan = {
      candidates: this.#statesAlong(walk, end, things),
      documentOf: documents(query, query.sort),
      found: (state, thing, document) => {
        const match = matchOf(state, thing, document);
        if (!isWhole && compareKeys(keyOf(match.sortValues[0]), walk.key) !== 0) return false;
        if (best.offer(match)) end.count();
        return end.isCertain;
      },
      ...(isWhole && (isUnrestricted(query) || things !== undefined) ? {} : { atMost: wanted + PATIENCE }),
    };
    const isDone = await lookAt(query, scan, this.now());
    return isDone && (isWhole || end.isFull) ? best.take() : undefined;
  }

  *#statesAlong(
    walk: OrderedWalk,
    end: EndOfPage,
    things: ThingSet | undefined,
  ): IterableIterator<ThingState | undefined> {
    let passed = 0;
    for (let thing = walk.next(); thing !== undefined && !end.isPassed; thing = walk.next()) {
      if (things?.has(thing) === false) {
        passed += 1;
        if (passed % STEPS === 0) yield undefined;
        continue;
      }
      const state = this.source.thing(walk.index.numbers.idOf(thing));
      if (state !== undefined) yield state;
    }
  }

  *#statesIn(things: ThingSet, { numbers }: Indexes): IterableIterator<ThingState> {
    if (numbers === undefined) return;
    for (const thing of things) {
      const state = this.source.thing(numbers.idOf(thing));
      if (state !== undefined) yield state;
    }
  }
}

function isUnrestricted({ kind, criteria, namespaces }: ThingQuery): boolean {
  return kind === undefined && criteria === undefined && namespaces === undefined;
}

interface Order {
  readonly index: ValueIndex;
  readonly direction: 'asc' | 'desc';
  /** Whether every thing that is seen is seen where the index has it. */
  readonly isWhole: boolean;
}

/**
 * What types say of one parent: each of these would have an index of its own, with an entry for every thing. Its children are
 * among the types, which another index knows, and are few.
 */
function isOfOneParent([root, name, parent]: JsonPointer): boolean {
  return root === 'attributes' && (name === '_parents' || name === '_links') && parent !== undefined;
}

/** The indexes that one query uses. */
class Indexes {
  #first: ValueIndex | undefined;
  /** Whether things have the same numbers in all of them. */
  areOfOneKind = true;

  constructor(private readonly shelf: IndexShelf) {}

  get numbers(): ValueIndex['numbers'] | undefined {
    return this.#first?.numbers;
  }

  of = async (property: JsonPointer): Promise<ValueIndex | undefined> => {
    if (isOfOneParent(property)) return undefined;
    const index = await this.shelf.get(property);
    if (index === undefined) return undefined;
    this.#first ??= index;
    if (index.numbers !== this.#first.numbers) this.areOfOneKind = false;
    return index;
  };
}

interface PageToFind {
  readonly wanted: number;
  /** Whether null stands somewhere: it is like absence, and the walk goes through one after the other. */
  readonly hasNulls: boolean;
  readonly isWhole: boolean;
}

/** Says when a walk has found the page. */
class EndOfPage {
  #found = 0;
  #lastKey: OrderedWalk['key'];
  readonly #isOrderWhole: boolean;

  constructor(
    { sort }: ThingPageQuery,
    private readonly walk: OrderedWalk,
    private readonly page: PageToFind,
  ) {
    // The walk's order is that of the page when nothing but the thing id comes after its key.
    this.#isOrderWhole = sort.length <= 1;
  }

  get isFull(): boolean {
    return this.#found >= this.page.wanted;
  }

  count(): void {
    this.#found += 1;
    if (this.#found === this.page.wanted) this.#lastKey = this.walk.key;
  }

  /** There are enough, and none that comes later belongs before them. */
  get isCertain(): boolean {
    return this.isFull && this.#isOrderWhole && !this.#isAmongNulls;
  }

  /** The walk has gone beyond the last key of the page, or to where there may be more than the index says. */
  get isPassed(): boolean {
    if (!this.page.isWhole && (this.walk.key ?? null) === null) return true;
    return this.isFull && (this.walk.key ?? null) !== (this.#lastKey ?? null);
  }

  get #isAmongNulls(): boolean {
    return this.page.hasNulls && (this.#lastKey ?? null) === null;
  }
}

async function selectionOf(query: ThingQuery, indexes: Indexes): Promise<Selection | undefined> {
  const criteria = preselection(query);
  const { namespaces } = query;
  const ofCriteria = criteria === undefined ? undefined : await select(criteria, indexes.of);
  const ofNamespaces = namespaces === undefined ? undefined : await selectNamespaces(namespaces, indexes.of);
  return intersection([ofCriteria, ofNamespaces].filter((selection) => selection !== undefined));
}

/** Behind the last row of the page before, or, where its place is not certain, at the first of its key. */
function startOf({ sort, after }: ThingPageQuery, hasNulls: boolean): WalkStart | undefined {
  if (after === undefined) return undefined;
  const last = after.at(-1);
  const key = keyOf(after[0]);
  const id = sort.length <= 1 && typeof last === 'string' ? last : undefined;
  if (key !== null) return { key, id };
  // Absent and null are alike in the rows. Both come first ascending and last descending.
  if (!hasNulls) return { key: undefined, id };
  return sort[0]?.direction === 'desc' ? { key, id: undefined } : undefined;
}
