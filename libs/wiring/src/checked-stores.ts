import { ConsistencyCheck } from '@gemel/application/consistency';
import type { EventLog, Logger, StateArchive, StoredDocuments } from '@gemel/application/ports';
import { lockFolder } from '@gemel/sqlite';
import { stores } from './adapters.js';
import { systemTimers } from './system.js';

/** A check of a store that nobody has opened here, and what ends it. */
export interface CheckedStore {
  readonly check: ConsistencyCheck;
  close(): Promise<void>;
}

/** What it holds in memory meanwhile is of no use to anybody. */
const CACHE_BYTES = 1_000_000;

/** @throws FolderInUse while a process has it open */
export async function openCheckedFolder(folder: string, log: Logger): Promise<CheckedStore> {
  const lock = await lockFolder(folder);
  try {
    const openStore = await stores.embedded();
    const store = await openStore({ folder, cacheBytes: CACHE_BYTES, log });
    return {
      check: checkOf(store),
      close: async () => {
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** While a cluster is at work on it, or not. @throws what the store throws for a database with which it cannot work */
export async function openCheckedDatabase(
  mongo: { readonly url: string; readonly database: string; readonly unreachedMs: number },
  log: Logger,
): Promise<CheckedStore> {
  const openStore = await stores.mongo();
  const store = await openStore({ ...mongo, cacheBytes: CACHE_BYTES, log });
  return { check: checkOf(store), close: () => store.close() };
}

/** Of a store, whoever has opened it. */
export function checkOf(
  store: Pick<EventLog, 'history'> & { readonly archive: StateArchive; readonly documents: StoredDocuments },
): ConsistencyCheck {
  return new ConsistencyCheck({ documents: store.documents, log: store, archive: store.archive, timers: systemTimers });
}
