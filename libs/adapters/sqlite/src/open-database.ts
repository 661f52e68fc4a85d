import { openLibsql } from './libsql-driver.js';
import { loadNodeSqlite } from './node-sqlite-driver.js';
import type { Database } from './database.js';

export interface DatabaseOptions {
  /**
   * `full`: a commit is on disk when it returns. `normal`: the last commits may be gone after a power cut, never after
   * a crash of the process; the file stays whole.
   */
  readonly durability: 'full' | 'normal';
}

/**
 * Opens a database in WAL mode, which is created when missing. Node's own SQLite where there is one, else libsql: the
 * files are the same.
 */
export async function openDatabase(file: string, { durability }: DatabaseOptions): Promise<Database> {
  const open = (await loadNodeSqlite()) ?? openLibsql;
  const database = open(file);
  try {
    database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${durability.toUpperCase()}; PRAGMA temp_store=MEMORY;`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Runs `work` in a transaction: all of it or nothing. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollback(database);
    throw error;
  }
}

/** SQLite ends the transaction by itself after some failures (full disk among them), and then there is none to roll back. */
function rollback(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // The failure that led here is the one to report.
  }
}
