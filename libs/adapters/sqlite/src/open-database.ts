import { loadNodeSqlite } from './node-sqlite-driver.js';
import { storageFault } from './storage-fault.js';
import type { Database } from './database.js';

export interface DatabaseOptions {
  /**
   * `full`: a commit is on disk when it returns. `normal`: the last commits may be gone after a power cut, never after
   * a crash of the process; the file stays whole.
   */
  readonly durability: 'full' | 'normal';
}

/** A file that cannot be opened; the message says what to do. */
export class DatabaseUnusable extends Error {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    const fault = storageFault(cause);
    super(`${file} cannot be used: ${fault === undefined ? String(cause) : `${fault.reason}. ${fault.advice}`}`, {
      cause,
    });
  }
}

/**
 * Opens a database in WAL mode, which is created when missing.
 * @throws DatabaseUnusable
 */
export async function openDatabase(file: string, { durability }: DatabaseOptions): Promise<Database> {
  const database = await openFile(file);
  try {
    database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${durability.toUpperCase()}; PRAGMA temp_store=MEMORY;`);
  } catch (error) {
    database.close();
    throw new DatabaseUnusable(file, error);
  }
  return database;
}

/**
 * By Node's own SQLite where there is one, else by libsql: the files are the same.
 * @throws DatabaseUnusable
 */
export async function openFile(file: string): Promise<Database> {
  // Whoever has no file need not load libsql, which takes 8 MB.
  const open = (await loadNodeSqlite()) ?? (await import('./libsql-driver.js')).openLibsql;
  try {
    return open(file);
  } catch (error) {
    throw new DatabaseUnusable(file, error);
  }
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
