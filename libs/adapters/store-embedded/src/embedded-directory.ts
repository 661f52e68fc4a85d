import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Change, DueQuery, PolicyDirectory, PolicyDirectoryQuery } from '@gemel/application/ports';
import { parsePolicyId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import { dueAt, livePolicy, namesIn } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import type { Database, Statement } from '@gemel/sqlite';
import { accessing } from './accessing.js';
import type { States } from './states.js';

/**
 * policy_names: whom and what each policy names. policy_due: when something is to be done about one of its subjects.
 * policy_revisions: of which revision that is; an older Gemel that does not know the tables leaves them behind, and the next
 * start catches up.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS policy_names (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, name, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS policy_names_by_id ON policy_names (id);
  CREATE TABLE IF NOT EXISTS policy_revisions (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;`;
/** A file of before it was there is caught up as a whole. */
const DUE_TABLE = `
  CREATE TABLE policy_due (id TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX policy_due_by_due ON policy_due (due, id);
  DELETE FROM policy_revisions;`;

/** Above every id, and after every other character. */
const END = '\u{10FFFF}';
const BATCH = 1_000;

/** Policies by whom they name, in the store's file. */
export class EmbeddedDirectory implements PolicyDirectory {
  readonly #forget: Statement;
  readonly #name: Statement;
  readonly #note: Statement;
  readonly #stale: Statement;
  readonly #nextImport: Statement;
  readonly #due: Statement;
  readonly #undue: Statement;
  readonly #duePage: Statement;
  readonly #pages: Readonly<Record<'asc' | 'desc', { readonly all: Statement; readonly named: Statement }>>;

  constructor(
    private readonly database: Database,
    private readonly states: Pick<States, 'policy'>,
  ) {
    database.exec(TABLES);
    if (!hasTable(database, 'policy_due')) database.exec(DUE_TABLE);
    this.#forget = database.prepare('DELETE FROM policy_names WHERE id = ?');
    this.#name = database.prepare('INSERT OR IGNORE INTO policy_names (kind, name, id) VALUES (?, ?, ?)');
    this.#note = database.prepare('INSERT OR REPLACE INTO policy_revisions (id, revision) VALUES (?, ?)');
    this.#stale = database.prepare(
      `SELECT policies.id FROM policies LEFT JOIN policy_revisions USING (id)
        WHERE policy_revisions.revision IS NOT policies.revision LIMIT ${String(BATCH)}`,
    );
    this.#nextImport = database.prepare(
      "SELECT name FROM policy_names WHERE kind = 'import' AND name > ? ORDER BY name LIMIT 1",
    );
    this.#due = database.prepare('INSERT OR REPLACE INTO policy_due (id, due) VALUES (?, ?)');
    this.#undue = database.prepare('DELETE FROM policy_due WHERE id = ?');
    this.#duePage = database.prepare(
      'SELECT id FROM policy_due WHERE due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?',
    );
    this.#pages = { asc: pagesOf(database, 'asc'), desc: pagesOf(database, 'desc') };
    this.#catchUp();
  }

  /** Inside the transaction of the change. */
  index(change: Change): void {
    if (change.entity === 'policy') this.#index(change.event.id, change.state);
  }

  /** Inside a transaction: in the place of whatever is there. */
  rewrite(id: string, state: PolicyState): void {
    this.#index(id, state);
  }

  async find(query: PolicyDirectoryQuery): Promise<readonly PolicyState[]> {
    // Who lists many policies asks again and again, and nobody else may wait for all of that.
    await nextTurn();
    const { naming, direction, limit } = query;
    const pages = this.#pages[direction];
    if (naming === undefined) return this.#states(this.#page(pages.all, [], query));
    const names = [
      ...naming.subjects.map((name) => ['subject', name] as const),
      ...naming.imports.map((name) => ['import', name] as const),
    ];
    const found = new Set(names.flatMap((name) => this.#page(pages.named, name, query)));
    const sign = direction === 'asc' ? 1 : -1;
    const inOrder = [...found].sort((a, b) => sign * Buffer.from(a).compare(Buffer.from(b)));
    return this.#states(inOrder.slice(0, limit));
  }

  async imported(limit: number): Promise<readonly PolicyId[]> {
    const found: PolicyId[] = [];
    for (let last = ''; found.length < limit;) {
      const next = accessing(() => this.#nextImport.get(last));
      if (next === undefined) break;
      last = String(next['name']);
      found.push(parsePolicyId(last));
    }
    return found;
  }

  async due({ by, after, limit }: DueQuery): Promise<readonly PolicyState[]> {
    await nextTurn();
    const { due, id } = after ?? { due: Number.MIN_SAFE_INTEGER, id: '' };
    return this.#states(accessing(() => this.#duePage.all(by, due, id, limit)).map((row) => String(row['id'])));
  }

  #page(statement: Statement, name: readonly string[], query: PolicyDirectoryQuery): readonly string[] {
    const { prefix, direction, after = direction === 'asc' ? '' : END, limit } = query;
    return accessing(() => statement.all(...name, after, prefix, prefix + END, limit)).map((row) => String(row['id']));
  }

  #states(ids: readonly string[]): readonly PolicyState[] {
    return ids.flatMap((id) => this.states.policy(id) ?? []);
  }

  #index(id: string, state: PolicyState): void {
    this.#forget.run(id);
    const policy = livePolicy(state);
    const { subjects, imports } = policy === undefined ? { subjects: [], imports: [] } : namesIn(policy);
    for (const name of subjects) this.#name.run('subject', name, id);
    for (const name of imports) this.#name.run('import', name, id);
    const due = policy === undefined ? undefined : dueAt(policy);
    if (due === undefined) this.#undue.run(id);
    else this.#due.run(id, due);
    this.#note.run(id, state.revision);
  }

  /** Policies that were written by who does not know these tables. */
  #catchUp(): void {
    for (;;) {
      const ids = this.#stale.all().map((row) => String(row['id']));
      if (ids.length === 0) return;
      this.database.exec('BEGIN');
      for (const id of ids) {
        const state = this.states.policy(id);
        if (state !== undefined) this.#index(id, state);
      }
      this.database.exec('COMMIT');
    }
  }
}

function hasTable(database: Database, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

function pagesOf(database: Database, direction: 'asc' | 'desc') {
  const beyond = direction === 'asc' ? '>' : '<';
  const page = `id ${beyond} ? AND id >= ? AND id < ? ORDER BY id ${direction} LIMIT ?`;
  return {
    all: database.prepare(`SELECT id FROM policies WHERE deleted = 0 AND ${page}`),
    named: database.prepare(`SELECT id FROM policy_names WHERE kind = ? AND name = ? AND ${page}`),
  };
}
