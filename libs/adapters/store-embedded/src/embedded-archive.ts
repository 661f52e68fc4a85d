import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { ArchiveBound, Change, StateArchive } from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { reading } from './reading.js';
import { parsePolicyRow, parseThingRow } from './state-codec.js';

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
export class EmbeddedArchive implements StateArchive {
  readonly #insert: Statement;
  readonly #select: Statement;

  constructor(database: Database) {
    database.exec(TABLE);
    this.#insert = database.prepare(
      `INSERT OR REPLACE INTO past_states (entity, id, revision, created, modified, deleted, content)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#select = database.prepare(
      `SELECT * FROM past_states WHERE entity = ? AND id = ? AND revision <= ? AND modified < ?
        ORDER BY revision DESC LIMIT 1`,
    );
  }

  /** Inside the transaction of the change. */
  keepWhenDue(change: Change): void {
    if (change.event.revision % ARCHIVED_EVERY === 0) this.#keep(change);
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
    return reading(() => this.#select.get(entity, id, revision, before ?? Number.MAX_SAFE_INTEGER));
  }

  #keep(change: Change): void {
    const { revision, created, modified, deleted } = change.state;
    const content = JSON.stringify(change.entity === 'thing' ? storedContent(change.state) : change.state.policy);
    this.#insert.run(change.entity, change.event.id, revision, created, modified, deleted ? 1 : 0, content);
  }
}
