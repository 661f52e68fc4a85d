import type { Change } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { StateCache } from './state-cache.js';
import { parsePolicyRow, parseThingRow, stateColumns } from './state-codec.js';

/** Policies are few and needed by every request. */
const POLICY_CACHE_SHARE = 0.2;
const PAGE = 500;

/** Current states: in memory as far as they fit, all of them on disk. */
export class States {
  readonly #things: StateCache<ThingState>;
  readonly #policies: StateCache<PolicyState>;
  readonly #selectThing: Statement;
  readonly #selectPolicy: Statement;
  readonly #selectIds: Statement;
  readonly #upsertThing: Statement;
  readonly #upsertPolicy: Statement;
  /** Ids that ever were. */
  #thingCount: number;
  /** Text lengths of what was written and not yet remembered. */
  readonly #lengths = new WeakMap<Change, number>();

  constructor(database: Database, cacheBytes: number) {
    this.#things = new StateCache(cacheBytes * (1 - POLICY_CACHE_SHARE));
    this.#policies = new StateCache(cacheBytes * POLICY_CACHE_SHARE);
    this.#selectThing = database.prepare('SELECT * FROM things WHERE id = ?');
    this.#selectPolicy = database.prepare('SELECT * FROM policies WHERE id = ?');
    this.#selectIds = database.prepare(`SELECT id FROM things WHERE id > ? ORDER BY id LIMIT ${String(PAGE)}`);
    this.#thingCount = Number(database.prepare('SELECT count(*) AS count FROM things').get()?.['count']);
    this.#upsertThing = database.prepare(upsert('things'));
    this.#upsertPolicy = database.prepare(upsert('policies'));
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

  /**
   * Every thing, in no order. The caller may let others run in between: each thing is then as it was at the beginning
   * or later, and those that are created meanwhile may be missing.
   */
  all(): Iterable<ThingState> {
    // A copy, because reading and writing change the order in the cache.
    return this.#things.size === this.#thingCount ? [...this.#things.states()] : this.#allById();
  }

  *#allById(): IterableIterator<ThingState> {
    let last = '';
    for (;;) {
      const ids = this.#selectIds.all(last).map((row) => String(row['id']));
      if (ids.length === 0) return;
      for (const id of ids) {
        const state = this.#things.peek(id) ?? this.#loadForScan(id);
        if (state !== undefined) yield state;
      }
      last = ids.at(-1) ?? last;
    }
  }

  /** Inside a transaction. */
  write(change: Change): void {
    const { state } = change;
    const content = JSON.stringify(change.entity === 'thing' ? change.state.thing : change.state.policy);
    const statement = change.entity === 'thing' ? this.#upsertThing : this.#upsertPolicy;
    statement.run(change.event.id, ...stateColumns(state, content));
    this.#lengths.set(change, content.length);
  }

  /** After the transaction is committed. */
  remember(change: Change): void {
    const length = this.#lengths.get(change) ?? 0;
    if (change.entity === 'policy') {
      this.#policies.set(change.event.id, change.state, length);
      return;
    }
    if (change.event.revision === 1) this.#thingCount += 1;
    this.#things.set(change.event.id, change.state, length);
  }

  #loadForScan(id: string): ThingState | undefined {
    const row = this.#selectThing.get(id);
    if (row === undefined) return undefined;
    const state = parseThingRow(row);
    this.#things.offer(id, state, contentLength(row));
    return state;
  }
}

function load<State>(
  cache: StateCache<State>,
  id: string,
  select: Statement,
  parse: (row: Row) => State,
): State | undefined {
  const row = select.get(id);
  // SQLite reads half a surrogate pair as U+FFFD, which may be in another id.
  if (row?.['id'] !== id) return undefined;
  const state = parse(row);
  cache.set(id, state, contentLength(row));
  return state;
}

function contentLength(row: Row): number {
  return String(row['content']).length;
}

function upsert(table: string): string {
  return `INSERT INTO ${table} (id, revision, created, modified, deleted, content) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, created = excluded.created, modified = excluded.modified,
      deleted = excluded.deleted, content = excluded.content`;
}
