import type { BaseState, Change, HeldEntities, Meter } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { StateCache, cacheMeters, estimateBytes } from '@gemel/store-parts';
import type { IndexedSource } from '@gemel/store-parts';
import { baseOf } from './base-of.js';
import { accessing } from './accessing.js';

import { parsePolicyRow, parseThingRow } from './state-codec.js';

/** Policies are few and needed by every request. */
const POLICY_CACHE_SHARE = 1 / 8;
/** A page that is not full after so many things in the order of their ids comes sooner by looking at all in any order. */
const IN_ORDER_AT_MOST = 2_000;
/** Rows read at once, which nobody else can interrupt. */
const PAGE = 100;

/** Current states: in memory as far as they fit, all of them on disk. */
export class States implements IndexedSource {
  readonly #things: StateCache<ThingState>;
  readonly #policies: StateCache<PolicyState>;
  readonly #selectCount: Statement;
  readonly #selectThing: Statement;
  readonly #selectPolicy: Statement;
  readonly #selectIdPage: Statement;
  readonly #selectThingPage: Statement;
  readonly #upsertThing: Statement;
  readonly #upsertPolicy: Statement;
  /** Ids that ever were. */
  #thingCount: number;

  constructor(database: Database, cacheBytes: number) {
    this.#things = new StateCache(cacheBytes * (1 - POLICY_CACHE_SHARE));
    this.#policies = new StateCache(cacheBytes * POLICY_CACHE_SHARE);
    this.#selectThing = database.prepare('SELECT * FROM things WHERE id = ?');
    this.#selectPolicy = database.prepare('SELECT * FROM policies WHERE id = ?');
    const page = `FROM things WHERE id > ? ORDER BY id LIMIT ${String(PAGE)}`;
    this.#selectIdPage = database.prepare(`SELECT id ${page}`);
    this.#selectThingPage = database.prepare(`SELECT * ${page}`);
    this.#selectCount = database.prepare('SELECT count(*) AS count FROM things');
    this.#thingCount = this.#countThings();
    this.#upsertThing = database.prepare(upsert('things'));
    this.#upsertPolicy = database.prepare(upsert('policies'));
  }

  get thingCount(): number {
    return this.#thingCount;
  }

  get meters(): readonly Meter[] {
    return cacheMeters({ things: this.#things, policies: this.#policies });
  }

  held(): ReturnType<HeldEntities['held']> {
    return { thing: this.#things.countsByNamespace(), policy: this.#policies.countsByNamespace() };
  }

  thing(id: string): ThingState | undefined {
    return this.#things.get(id) ?? load(this.#things, id, this.#selectThing, parseThingRow);
  }

  policy(id: string): PolicyState | undefined {
    return this.#policies.get(id) ?? load(this.#policies, id, this.#selectPolicy, parsePolicyRow);
  }

  /** Revision of the last committed event; 0 for an id that never was. */
  revision(entity: GemelEvent['entity'], id: string): number {
    return (entity === 'thing' ? this.thing(id) : this.policy(id))?.revision ?? 0;
  }

  withIds(ids: readonly string[]): Iterable<ThingState> {
    return ids.flatMap((id) => this.thing(id) ?? []);
  }

  /** Far, when things have to be read from the disk: then those not looked at are not read. */
  inOrderAtMost(): number {
    return this.areAllInMemory ? IN_ORDER_AT_MOST : Infinity;
  }

  /** No thing has to be read from the disk. */
  get areAllInMemory(): boolean {
    return this.#things.size === this.#thingCount;
  }

  /**
   * Every thing, in no order. The caller may let others run in between: each thing is then as it was at the beginning
   * or later, and those that are created meanwhile may be missing.
   */
  all(): Iterable<ThingState> {
    return this.areAllInMemory ? this.#things.states() : this.inOrder('');
  }

  allStates(): Iterable<ThingState> {
    return this.areAllInMemory ? this.#known(this.#things.ids()) : this.inOrder('');
  }

  /** As `all`, in the order of the ids, those after `last` only. */
  *inOrder(last: string): IterableIterator<ThingState> {
    for (let page = this.#page(last); page.length > 0; page = this.#page(last)) {
      yield* page;
      last = page.at(-1)?.thing.thingId ?? last;
    }
  }

  /** Inside a transaction. Returns the state's estimated size in memory. */
  write(change: Change): number {
    return this.#write(baseOf(change));
  }

  /** Inside a transaction: in the place of whatever is there, in memory as well. */
  rewrite(base: BaseState): void {
    (base.entity === 'thing' ? this.#things : this.#policies).drop(base.id);
    const count = this.#countThings();
    this.#write(base);
    // One that was missing is there again.
    this.#thingCount += this.#countThings() - count;
  }

  /** After the transaction is committed; `bytes` as `write` told. */
  remember(change: Change, bytes: number): void {
    if (change.entity === 'policy') {
      this.#policies.set(change.event.id, change.state, bytes);
      return;
    }
    if (change.event.revision === 1) this.#thingCount += 1;
    this.#things.set(change.event.id, change.state, bytes);
  }

  #write(base: BaseState): number {
    const content = JSON.stringify(base.entity === 'thing' ? storedContent(base.state) : base.state.policy);
    const statement = base.entity === 'thing' ? this.#upsertThing : this.#upsertPolicy;
    const { revision, created, modified, deleted } = base.state;
    statement.run(base.id, revision, created, modified, deleted ? 1 : 0, content);
    return estimateBytes(content);
  }

  #countThings(): number {
    return Number(this.#selectCount.get()?.['count']);
  }

  *#known(ids: readonly string[]): IterableIterator<ThingState> {
    for (const id of ids) {
      const state = this.#things.peek(id) ?? this.thing(id);
      if (state !== undefined) yield state;
    }
  }

  #page(last: string): readonly ThingState[] {
    if (this.areAllInMemory) {
      const rows = accessing(() => this.#selectIdPage.all(last));
      return rows.flatMap((row) => this.#things.peek(String(row['id'])) ?? []);
    }
    return accessing(() => this.#selectThingPage.all(last)).map((row) => this.#stateOf(row));
  }

  #stateOf(row: Row): ThingState {
    const id = String(row['id']);
    const known = this.#things.peek(id);
    if (known !== undefined) return known;
    const state = parseThingRow(row);
    this.#things.offer(id, state, contentBytes(row));
    return state;
  }
}

function load<State>(
  cache: StateCache<State>,
  id: string,
  select: Statement,
  parse: (row: Row) => State,
): State | undefined {
  const row = accessing(() => select.get(id));
  if (row === undefined) return undefined;
  const state = parse(row);
  cache.set(id, state, contentBytes(row));
  return state;
}

function contentBytes(row: Row): number {
  return estimateBytes(String(row['content']));
}

function upsert(table: string): string {
  return `INSERT INTO ${table} (id, revision, created, modified, deleted, content) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, created = excluded.created, modified = excluded.modified,
      deleted = excluded.deleted, content = excluded.content`;
}
