import type { RecordKind, RecordQuery, RecordStore, StoredRecord } from '@gemel/application/ports';
import { parseJson } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { inTransaction } from '@gemel/sqlite';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { accessing } from './accessing.js';

/** No part of the format's version: an older Gemel that does not know the table leaves it as it is. */
const TABLE = `CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (kind, key)
)`;

/** Above every key, and after every other character. */
const END = '\u{10FFFF}';

/** Records in the store's file. */
export class EmbeddedRecords implements RecordStore {
  readonly #select: Statement;
  readonly #page: Statement;
  readonly #insert: Statement;
  readonly #replace: Statement;
  readonly #delete: Statement;
  readonly #changes: Statement;

  constructor(private readonly database: Database) {
    database.exec(TABLE);
    this.#select = database.prepare('SELECT key, revision, content FROM records WHERE kind = ? AND key = ?');
    this.#page = database.prepare(
      `SELECT key, revision, content FROM records WHERE kind = ? AND key >= ? AND key < ? AND key > ?
        ORDER BY key LIMIT ?`,
    );
    this.#insert = database.prepare('INSERT OR IGNORE INTO records (kind, key, revision, content) VALUES (?, ?, 1, ?)');
    this.#replace = database.prepare(
      'UPDATE records SET revision = revision + 1, content = ? WHERE kind = ? AND key = ? AND revision = ?',
    );
    this.#delete = database.prepare('DELETE FROM records WHERE kind = ? AND key = ?');
    this.#changes = database.prepare('SELECT changes() AS changes');
  }

  async record(kind: RecordKind, key: string): Promise<StoredRecord | undefined> {
    const row = accessing(() => this.#select.get(kind, key));
    return row && parseRow(row);
  }

  async records(kind: RecordKind, { prefix, after = '', limit }: RecordQuery): Promise<readonly StoredRecord[]> {
    return accessing(() => this.#page.all(kind, prefix, prefix + END, after, limit)).map(parseRow);
  }

  async insertRecord(kind: RecordKind, key: string, content: JsonValue): Promise<boolean> {
    return this.#changed(() => this.#insert.run(kind, key, JSON.stringify(content)));
  }

  async replaceRecord(kind: RecordKind, key: string, revision: number, content: JsonValue): Promise<boolean> {
    return this.#changed(() => this.#replace.run(JSON.stringify(content), kind, key, revision));
  }

  async removeRecords(kind: RecordKind, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    accessing(() =>
      inTransaction(this.database, () => {
        for (const key of keys) this.#delete.run(kind, key);
      }),
    );
  }

  #changed(write: () => void): boolean {
    return accessing(() => {
      write();
      return Number(this.#changes.get()?.['changes']) === 1;
    });
  }
}

function parseRow(row: Row): StoredRecord {
  return {
    key: String(row['key']),
    revision: Number(row['revision']),
    content: parseJson(String(row['content'])),
  };
}
