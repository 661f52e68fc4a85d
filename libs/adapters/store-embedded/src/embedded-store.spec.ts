import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ThingSearch } from '@gemel/application/ports';
import {
  describeEventLog,
  describePolicyDirectory,
  describeRecordStore,
  describeLogRetention,
  describeStateArchive,
  describeStateStore,
  describeThingSearch,
} from '@gemel/testkit/contracts';
import type { OpenedThinnable } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';
import type { EmbeddedStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

async function opened(
  folder: string,
  cacheBytes: number,
  searchOf: (store: EmbeddedStore) => ThingSearch,
): Promise<OpenedThinnable> {
  const store = await openEmbeddedStore({ folder, cacheBytes, log: SILENT, indexes: { fewThings: 1, maxBehind: 64 } });
  return {
    log: store,
    states: store,
    search: searchOf(store),
    archive: store.archive,
    directory: store.directory,
    retention: store.archive,
    reopen: async () => {
      await store.close();
      return opened(folder, cacheBytes, searchOf);
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Searches again when the indexes that were missing are there. */
function indexed(store: EmbeddedStore): ThingSearch {
  return {
    find: async (query) => {
      await store.find(query);
      await store.indexesSettled();
      return store.find(query);
    },
    count: async (query) => {
      await store.count(query);
      await store.indexesSettled();
      return store.count(query);
    },
    visit: async (query, tell) => {
      await store.count(query);
      await store.indexesSettled();
      await store.visit(query, tell);
    },
  };
}

const folder = () => mkdtemp(join(tmpdir(), 'gemel-store-'));

describe.each([
  ['with room for all states', 10_000_000],
  ['with room for few states', 3_000],
])('EmbeddedStore %s', (_name, cacheBytes) => {
  const open = async () => opened(await folder(), cacheBytes, (store) => store);

  describeEventLog('EmbeddedStore', open);
  describePolicyDirectory('EmbeddedStore', open);
  describeStateArchive('EmbeddedStore', open);
  describeLogRetention('EmbeddedStore', open);
  describeStateStore('EmbeddedStore', open);
  describeThingSearch('EmbeddedStore', open);
  describeThingSearch('EmbeddedStore with its indexes', async () => opened(await folder(), cacheBytes, indexed));
});

describeRecordStore('EmbeddedStore', async () => {
  const path = await folder();
  let store = await openEmbeddedStore({ folder: path, log: SILENT });
  return {
    records: store.records,
    others: async () => {
      await store.close();
      store = await openEmbeddedStore({ folder: path, log: SILENT });
      return store.records;
    },
    close: async () => {
      await store.close();
      await rm(path, { recursive: true });
    },
  };
});
