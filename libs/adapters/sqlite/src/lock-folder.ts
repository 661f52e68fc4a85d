import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLibsql } from './libsql-driver.js';
import { loadNodeSqlite } from './node-sqlite-driver.js';

/** The folder belongs to another running process. */
export class FolderInUse extends Error {
  constructor(readonly folder: string) {
    super(`The data folder ${folder} is in use by another process.`);
  }
}

/** A folder that nobody else can lock; the system gives it free when the process ends, however it ends. */
export interface FolderLock {
  release(): void;
}

/**
 * Makes the folder if needed and locks it: an open write transaction on a small database holds a lock of the
 * operating system.
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const open = (await loadNodeSqlite()) ?? openLibsql;
  const database = open(join(folder, 'lock.db'));
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new FolderInUse(folder);
    throw error;
  }
  return {
    release: () => {
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(`${error.message} ${String((error as { code?: unknown }).code)}`);
}
