import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ThingPageQuery, ThingSearch } from '@gemel/application/ports';
import {
  describeEventLog,
  describePolicyDirectory,
  describeRecordStore,
  describeLogRetention,
  describeStateArchive,
  describeStateStore,
  describeThingSearch,
  thingChange,
} from '@gemel/testkit/contracts';
import type { OpenedThinnable } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';
import type { EmbeddedStore, EmbeddedStoreOptions } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

type Room = Pick<EmbeddedStoreOptions, 'cacheBytes' | 'unwritten'>;

async function opened(
  folder: string,
  room: Room,
  searchOf: (store: EmbeddedStore) => ThingSearch,
): Promise<OpenedThinnable> {
  const store = await openEmbeddedStore({ folder, ...room, log: SILENT, indexes: { fewThings: 1, maxBehind: 64 } });
  return {
    log: store,
    states: store,
    search: searchOf(store),
    archive: store.archive,
    directory: store.directory,
    retention: store.archive,
    reopen: async () => {
      await store.close();
      return opened(folder, room, searchOf);
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

describe.each<[string, Room]>([
  ['with room for all states', { cacheBytes: 10_000_000 }],
  ['with room for few states', { cacheBytes: 3_000 }],
  ['that writes states soon', { cacheBytes: 3_000, unwritten: { events: 5, bytes: 10_000_000 } }],
])('EmbeddedStore %s', (_name, room) => {
  const open = async () => opened(await folder(), room, (store) => store);

  describeEventLog('EmbeddedStore', open);
  describePolicyDirectory('EmbeddedStore', open);
  describeStateArchive('EmbeddedStore', open);
  describeLogRetention('EmbeddedStore', open);
  describeStateStore('EmbeddedStore', open);
  describeThingSearch('EmbeddedStore', open);
  describeThingSearch('EmbeddedStore with its indexes', async () => opened(await folder(), room, indexed));
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

it('has no index for each of a thousand parents that somebody asks for the children of', async () => {
  const at = await folder();
  const store = await openEmbeddedStore({ folder: at, cacheBytes: 10_000_000, log: SILENT, indexes: { fewThings: 1 } });
  const link = (parent: string) => ({ _isType: true, _parents: { [parent]: 1 } });
  await store.append([thingChange('x:a', 1, link('x:0')), thingChange('x:b', 1, link('x:1'))]);
  const childrenOf = (parent: string): ThingPageQuery => ({
    criteria: {
      op: 'and',
      operands: [
        { op: 'eq', property: ['attributes', '_isType'], value: true },
        { op: 'exists', property: ['attributes', '_parents', parent] },
      ],
    },
    view: ({ thing }) => thing,
    sort: [{ direction: 'asc', property: `attributes/_links/${parent}/position` }],
    limit: 10,
  });
  for (let parent = 0; parent < 1_000; parent++) await store.find(childrenOf(`x:${String(parent)}`));
  await store.indexesSettled();
  expect((await store.find(childrenOf('x:1'))).map(({ thing }) => thing.thingId)).toEqual(['x:b']);
  const indexes = store.meters.find(({ name }) => name === 'gemel_search_indexes')?.read();
  expect(Number(indexes)).toBeLessThan(5);
  await store.close();
  await rm(at, { recursive: true });
});
