import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '@gemel/store-embedded';
import { describeEventFeed } from '@gemel/testkit/contracts';
import { EmbeddedFeed } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

describeEventFeed('EmbeddedFeed', async (pause) => {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-feed-'));
  const store = await openEmbeddedStore({ folder, log: SILENT });
  const onCommit = store.onCommit.bind(store);
  return {
    log: store,
    feed: new EmbeddedFeed({ log: store, onCommit, logger: SILENT, pause }),
    settled: () => Promise.resolve(),
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
