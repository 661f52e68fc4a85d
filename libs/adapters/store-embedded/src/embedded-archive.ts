import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { ArchiveBound, BaseState, Change, LogRetention, StateArchive } from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { inTransaction } from '@gemel/sqlite';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { baseOf } from './base-of.js';
import { accessing } from './accessing.js';
import { parsePolicyRow, parseThingRow } from './state-codec.js';
import type { EventRows } from './event-rows.js';
import type { States } from './states.js';

/** No part of the format's version: an older Gemel that does not know the table leaves it as it is. */
const TABLE = `CREATE TABLE IF NOT EXISTS past_states (
  entity TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (entity, id, revision)
) WITHOUT ROWID`;

/** Kept states of the past, in the store's file. */
export class EmbeddedArchive implements StateArchive, LogRetention {
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #forgetStates: Statement;

  constructor(
    private readonly database: Database,
    private readonly states: Pick<States, 'writeNow' | 'wroteNow'>,
    private readonly events: Pick<EventRows, 'forget'>,
  ) {
    database.exec(TABLE);
    this.#insert = database.prepare(
      `INSERT OR REPLACE INTO past_states (entity, id, revision, created, modified, deleted, content)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#select = database.prepare(
      `SELECT * FROM past_states WHERE entity = ? AND id = ? AND revision <= ? AND modified < ?
        ORDER BY revision DESC LIMIT 1`,
    );
    this.#forgetStates = database.prepare('DELETE FROM past_states WHERE entity = ? AND id = ? AND revision < ?');
  }

  async forget(bases: readonly BaseState[]): Promise<number> {
    if (bases.length === 0) return 0;
    const count = accessing(() =>
      inTransaction(this.database, () => bases.reduce((sum, base) => sum + this.#forget(base), 0)),
    );
    for (const { entity, id } of bases) if (entity === 'thing') this.states.wroteNow(id);
    return count;
  }

  /** Inside the transaction of the change. */
  keepWhenDue(change: Change): void {
    if (change.event.revision % ARCHIVED_EVERY === 0) this.#keep(baseOf(change));
  }

  async pastThing(id: ThingId, bound: ArchiveBound): Promise<ThingState | undefined> {
    const row = this.#newest('thing', id, bound);
    return row && parseThingRow(row);
  }

  async pastPolicy(id: PolicyId, bound: ArchiveBound): Promise<PolicyState | undefined> {
    const row = this.#newest('policy', id, bound);
    return row && parsePolicyRow(row);
  }

  #newest(entity: GemelEvent['entity'], id: string, { revision, before }: ArchiveBound): Row | undefined {
    return accessing(() => this.#select.get(entity, id, revision, before ?? Number.MAX_SAFE_INTEGER));
  }

  #forget(base: BaseState): number {
    const { entity, id, state } = base;
    this.#keep(base);
    // No row may need an event that goes.
    if (entity === 'thing') this.states.writeNow(id);
    this.#forgetStates.run(entity, id, state.revision);
    return this.events.forget(entity, id, state.revision);
  }

  #keep(base: BaseState): void {
    const { revision, created, modified, deleted } = base.state;
    const content = JSON.stringify(base.entity === 'thing' ? storedContent(base.state) : base.state.policy);
    this.#insert.run(base.entity, base.id, revision, created, modified, deleted ? 1 : 0, content);
  }
}
