import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from './database.js';
import { DatabaseUnusable, openFile } from './open-database.js';
import { storageFault } from './storage-fault.js';

/** The folder belongs to another running process. */
export class FolderInUse extends Error {
  constructor(readonly folder: string) {
    super(`The data folder ${folder} is in use by another process. Stop it, or set GEMEL_DATA_DIR to another folder.`);
  }
}

/** The folder cannot be made or written. */
export class FolderUnusable extends Error {
  constructor(
    readonly folder: string,
    cause: unknown,
  ) {
    super(
      `The data folder ${folder} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}. Make it writable for this user, or choose another folder.`,
      { cause },
    );
  }
}

/** A folder that nobody else can lock; the system gives it free when the process ends, however it ends. */
export interface FolderLock {
  release(): void;
}

/** Locks nobody holds a reference to stay: Node's own SQLite closes a database that is garbage, and the lock with it. */
const held = new Set<Database>();

/**
 * Makes the folder if needed and locks it: an open write transaction on a small database holds a lock of the
 * operating system.
 * @throws FolderInUse, FolderUnusable, DatabaseUnusable
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  makeFolder(folder);
  const file = join(folder, 'lock.db');
  const database = await openFile(file);
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    database.close();
    if (storageFault(error)?.kind === 'busy') throw new FolderInUse(folder);
    throw new DatabaseUnusable(file, error);
  }
  held.add(database);
  return {
    release: () => {
      held.delete(database);
      database.close();
    },
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new FolderUnusable(folder, error);
  }
}
