import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeConnectionStore } from '@gemel/testkit/contracts';
import { openEmbeddedConnections } from './index.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'gemel-connections-'));

describeConnectionStore('EmbeddedConnections', async () => {
  const folder = await newFolder();
  let store = await openEmbeddedConnections(folder);
  return {
    store,
    others: store,
    reopen: async () => {
      store.close();
      store = await openEmbeddedConnections(folder);
      return store;
    },
    close: async () => {
      store.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('EmbeddedConnections', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await newFolder();
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('keeps positions of readers, and refuses those of a lower token', async () => {
    const store = await openEmbeddedConnections(folder);
    expect(await store.readerPosition('target:cars:0')).toBe(0);
    await store.saveReaderPosition('target:cars:0', 7, 2);
    await expect(store.saveReaderPosition('target:cars:0', 9, 1)).rejects.toMatchObject({ code: 'gemel:lease.lost' });
    store.close();
    const again = await openEmbeddedConnections(folder);
    expect(await again.readerPosition('target:cars:0')).toBe(7);
    again.close();
  });
});
