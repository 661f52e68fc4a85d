import type { BaseState, Change, HeldEntities, Meter, Position } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { checkBindable, inTransaction } from '@gemel/sqlite';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { StateCache, cacheMeters, estimateBytes, keepState } from '@gemel/store-parts';
import type { IndexedSource } from '@gemel/store-parts';
import { baseOf } from './base-of.js';
import { accessing } from './accessing.js';
import { parsePolicyRow, parseThingRow } from './state-codec.js';
import { UnwrittenStates } from './unwritten-states.js';
import type { Unwritten, UnwrittenLimits } from './unwritten-states.js';
import { WrittenPosition } from './written-position.js';
import { catchUp } from './catch-up.js';
import type { EventRows } from './event-rows.js';

/** Policies are few and needed by every request. */
const POLICY_CACHE_SHARE = 1 / 8;
/** Of the events that are read again after a crash: how many of them need not be. */
const POSITION_SHARE = 1 / 10;
/** A page that is not full after so many things in the order of their ids comes sooner by looking at all in any order. */
const IN_ORDER_AT_MOST = 2_000;
/** Rows read at once, which nobody else can interrupt. */
const PAGE = 100;

export interface StatesOptions {
  readonly cacheBytes: number;
  readonly unwritten: UnwrittenLimits;
}

/**
 * Current states: in memory as far as they fit, all of them on disk. Rows of policies and of new things are written with
 * their events, those of other things later: what a thing has become by then is one row, and one place for its events.
 */
export class States implements IndexedSource {
  readonly #things: StateCache<ThingState>;
  readonly #policies: StateCache<PolicyState>;
  readonly #unwritten: UnwrittenStates;
  readonly #written: WrittenPosition;
  /** Written in the transaction that is open, or was last. */
  #justWritten: readonly Unwritten[] = [];
  readonly #selectCount: Statement;
  readonly #selectThing: Statement;
  readonly #selectPolicy: Statement;
  readonly #selectIdPage: Statement;
  readonly #selectThingPage: Statement;
  readonly #upsertThing: Statement;
  readonly #upsertPolicy: Statement;
  /** Ids that ever were. */
  #thingCount: number;

  constructor(
    private readonly database: Database,
    private readonly events: EventRows,
    { cacheBytes, unwritten }: StatesOptions,
  ) {
    this.#unwritten = new UnwrittenStates(unwritten);
    this.#written = new WrittenPosition(database, unwritten.events * POSITION_SHARE);
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
    catchUp({ database, events, states: this, written: this.#written });
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
    return this.#things.get(id) ?? this.#unwrittenThing(id) ?? load(this.#things, id, this.#selectThing, parseThingRow);
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

  /** Of the events that are in no place yet. */
  unplaced(entity: GemelEvent['entity'], id: string): readonly Position[] {
    return (entity === 'thing' ? this.#unwritten.get(id)?.positions : undefined) ?? [];
  }

  /** Up to where rows are not behind a log that ends there. */
  writtenUpTo(end: Position): Position {
    return this.#unwritten.writtenUpTo(end);
  }

  /**
   * Inside a transaction. Returns the state's estimated size in memory; undefined when its row is written later.
   * @throws TypeError for one that can never be written
   */
  write(change: Change): number | undefined {
    if (change.entity === 'policy' || change.event.revision === 1) return this.#write(baseOf(change));
    checkBindable(headerOf(change.state));
    return undefined;
  }

  /** Inside a transaction, which `wrote` follows when it is committed: the rows that have been behind for long. @param end of the log before it */
  writeDue(end: Position): void {
    this.#justWritten = this.#unwritten.due(end);
    for (const each of this.#justWritten) this.#writeUnwritten(each);
    this.#written.reached(this.#unwritten.writtenUpTo(end, this.#justWritten.length));
  }

  /** What `writeDue` wrote is committed. */
  wrote(): void {
    for (const { state } of this.#justWritten) this.#unwritten.drop(state.thing.thingId);
    this.#justWritten = [];
  }

  /** Writes all rows that are behind. */
  writeAll(end: Position): void {
    inTransaction(this.database, () => {
      for (const each of this.#unwritten.all()) this.#writeUnwritten(each);
      this.#written.moveTo(end);
    });
    for (const { state } of this.#unwritten.all()) this.#unwritten.drop(state.thing.thingId);
  }

  /** Inside a transaction, which `wroteNow` follows when it is committed: a row that is not behind. */
  writeNow(id: string): void {
    const known = this.#unwritten.get(id);
    if (known !== undefined) this.#writeUnwritten(known);
  }

  /** What `writeNow` or `rewrite` wrote of a thing is committed. */
  wroteNow(id: string): void {
    this.#unwritten.drop(id);
  }

  /**
   * Inside a transaction, which `wroteNow` follows when it is committed: in the place of whatever is there, in memory as well.
   * False when there is something newer.
   */
  rewrite(base: BaseState): boolean {
    const unwritten = base.entity === 'thing' ? this.#unwritten.get(base.id) : undefined;
    if (unwritten !== undefined && unwritten.state.revision > base.state.revision) return false;
    if (unwritten !== undefined) this.#place(unwritten);
    (base.entity === 'thing' ? this.#things : this.#policies).drop(base.id);
    const count = this.#countThings();
    this.#write(base);
    // One that was missing is there again.
    this.#thingCount += this.#countThings() - count;
    return true;
  }

  /** Inside a transaction: a later state of a thing. */
  replace(state: ThingState): void {
    this.#things.set(state.thing.thingId, state, this.#writeThing(state));
  }

  /** After the transaction is committed; `bytes` as `write` told. @param position of the event */
  remember(change: Change, bytes: number | undefined, position: Position): void {
    if (change.entity === 'policy') {
      this.#policies.set(change.event.id, change.state, bytes ?? 0);
      return;
    }
    const { event, state } = change;
    if (event.revision === 1) this.#thingCount += 1;
    if (bytes !== undefined) this.#things.set(event.id, state, bytes);
    else this.#unwritten.keep(state, position, keepState(this.#things, event.id, state, storedContent));
  }

  #write(base: BaseState): number {
    return base.entity === 'thing'
      ? this.#writeThing(base.state)
      : this.#upsert(this.#upsertPolicy, base.id, base.state, base.state.policy);
  }

  #writeUnwritten(unwritten: Unwritten): void {
    this.#writeThing(unwritten.state);
    this.#place(unwritten);
  }

  #place({ state, positions }: Unwritten): void {
    this.events.place('thing', state.thing.thingId, state.revision, positions);
  }

  #writeThing(state: ThingState): number {
    return this.#upsert(this.#upsertThing, state.thing.thingId, state, storedContent(state));
  }

  #upsert(statement: Statement, id: string, state: ThingState | PolicyState, stored: object): number {
    const content = JSON.stringify(stored);
    statement.run(id, ...headerOf(state), content);
    return estimateBytes(content);
  }

  /** It may have left the cache. */
  #unwrittenThing(id: string): ThingState | undefined {
    const known = this.#unwritten.get(id);
    if (known !== undefined) this.#things.set(id, known.state, known.bytes);
    return known?.state;
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
    const known = this.#things.peek(id) ?? this.#unwritten.get(id)?.state;
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

/** As the columns after the id. */
function headerOf({ revision, created, modified, deleted }: ThingState | PolicyState): readonly number[] {
  return [revision, created, modified, deleted ? 1 : 0];
}

function contentBytes(row: Row): number {
  return estimateBytes(String(row['content']));
}

function upsert(table: string): string {
  return `INSERT INTO ${table} (id, revision, created, modified, deleted, content) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, created = excluded.created, modified = excluded.modified,
      deleted = excluded.deleted, content = excluded.content`;
}
