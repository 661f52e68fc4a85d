import type { HeldEntities, LogRetention, RecordStore } from '@gemel/application/ports';
import { namespaceOf } from '@gemel/model/ids';
import type { CompositionStores } from '../composition/index.js';
import { MemoryRecords, MemorySearch, MemoryStore } from '../memory/index.js';

/** What an HTTP API under test keeps, and where. */
export interface ApiStore extends CompositionStores {
  readonly retention: LogRetention;
  readonly records: RecordStore;
  readonly held: HeldEntities;
  close(): Promise<void>;
}

let open: () => Promise<ApiStore> = openMemory;

/** From now on HTTP APIs under test get what this opens, an empty one each, instead of a store in memory. */
export function openApiStoresWith(opener: () => Promise<ApiStore>): void {
  open = opener;
}

export function openApiStore(): Promise<ApiStore> {
  return open();
}

function openMemory(): Promise<ApiStore> {
  const store = new MemoryStore();
  const { archive, directory } = store;
  return Promise.resolve({
    ...{ log: store, states: store, retention: store, archive, directory },
    search: new MemorySearch(store),
    records: new MemoryRecords(),
    held: { held: () => heldBy(store) },
    close: () => Promise.resolve(),
  });
}

function heldBy(store: MemoryStore): ReturnType<HeldEntities['held']> {
  const counts: Record<string, number> = {};
  for (const { thing } of store.things()) {
    const namespace = namespaceOf(thing.thingId);
    counts[namespace] = (counts[namespace] ?? 0) + 1;
  }
  return { thing: counts, policy: {} };
}
