import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeEventLog,
  describeStateArchive,
  describeStateStore,
  describeThingSearch,
} from '@gemel/testkit/contracts';
import type { OpenedStore } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

async function opened(folder: string, cacheBytes: number): Promise<OpenedStore> {
  const store = await openEmbeddedStore({ folder, cacheBytes, log: SILENT });
  return {
    log: store,
    states: store,
    search: store,
    archive: store.archive,
    reopen: async () => {
      await store.close();
      return opened(folder, cacheBytes);
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe.each([
  ['with room for all states', 10_000_000],
  ['with room for few states', 3_000],
])('EmbeddedStore %s', (_name, cacheBytes) => {
  const open = async () => opened(await mkdtemp(join(tmpdir(), 'gemel-store-')), cacheBytes);

  describeEventLog('EmbeddedStore', open);
  describeStateArchive('EmbeddedStore', open);
  describeStateStore('EmbeddedStore', open);
  describeThingSearch('EmbeddedStore', open);
});
