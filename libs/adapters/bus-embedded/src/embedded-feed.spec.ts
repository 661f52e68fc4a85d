import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '@gemel/store-embedded';
import { describeEventFeed, thingChange } from '@gemel/testkit/contracts';
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

it('tells how many events a reader has not had yet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-feed-'));
  const store = await openEmbeddedStore({ folder, log: SILENT });
  const feed = new EmbeddedFeed({ log: store, onCommit: store.onCommit.bind(store), logger: SILENT });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const following = feed.follow({ name: 'slow', position: async () => 0, handle: () => held });
  await store.append([thingChange('a:x', 1), thingChange('a:y', 1)]);
  const lag = () => feed.meters[0]?.read();
  expect(await lag()).toEqual([{ labels: { reader: 'slow' }, value: 2 }]);
  release();
  await following.stop();
  expect(await lag()).toEqual([]);
  await store.close();
  await rm(folder, { recursive: true });
});

it('gathers for the shortest time after however few events, and no longer than the reader has patience', async () => {
  const pauses: number[] = [];
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const read = (from: number) => Promise.resolve([{ position: from + 1, event: thingChange('a:x', from + 1).event }]);
  const log = { read, end: () => Promise.resolve(0) };
  const options = { onCommit: () => () => undefined, logger: SILENT, leastGatherMs: 20, longestGatherMs: 40 };
  const feed = new EmbeddedFeed({ log, pause, ...options });
  for (const patienceMs of [Infinity, 5]) {
    await new Promise<void>((enough) => {
      const following = feed.follow({
        name: 'relay',
        patienceMs,
        position: () => Promise.resolve(0),
        handle: (events) => {
          if (events[0]?.position === 3) void following.stop().then(enough);
          return Promise.resolve();
        },
      });
    });
  }
  expect(pauses.filter((ms) => ms !== 5)).toEqual([20, 20, 20]);
  expect(pauses.filter((ms) => ms !== 20)).toEqual([5, 5, 5]);
});

it('gathers for a shorter time when more comes in than it may gather', async () => {
  const pauses: number[] = [];
  let position = 0;
  const log = {
    // Five events in a millisecond.
    read: (from: number) => {
      const count = Math.min(4_000, Math.max(50, (pauses.at(-1) ?? 0) * 5));
      position = from + count;
      return Promise.resolve(
        Array.from({ length: count }, (_, index) => ({
          position: from + index + 1,
          event: thingChange('a:x', index + 1).event,
        })),
      );
    },
    end: () => Promise.resolve(position),
  };
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const options = { onCommit: () => () => undefined, logger: SILENT, longestGatherMs: 3_000, mostGathered: 1_000 };
  const feed = new EmbeddedFeed({ log, pause, ...options });
  await new Promise<void>((enough) => {
    const following = feed.follow({
      name: 'index',
      position: () => Promise.resolve(0),
      handle: () => {
        if (pauses.length >= 10) void following.stop().then(enough);
        return Promise.resolve();
      },
    });
  });
  expect(pauses.slice(0, 3)).toEqual([50, 200, 200]);
  expect(pauses.slice(-3)).toEqual([200, 200, 200]);
});

it('brings as much at once as the reader wants, within bounds', async () => {
  const limits: number[] = [];
  const log = {
    read: (from: number, limit: number) => {
      limits.push(limit);
      return Promise.resolve([{ position: from + 1, event: thingChange('a:x', from + 1).event }]);
    },
    end: () => Promise.resolve(0),
  };
  const pause = () => Promise.resolve();
  const wanted = [10_000, 200, 50_000];
  const feed = new EmbeddedFeed({ log, pause, onCommit: () => () => undefined, logger: SILENT });
  await new Promise<void>((enough) => {
    const following = feed.follow({
      name: 'index',
      get largestBatch() {
        return wanted[limits.length] ?? 1;
      },
      position: () => Promise.resolve(0),
      handle: () => {
        if (limits.length >= wanted.length) void following.stop().then(enough);
        return Promise.resolve();
      },
    });
  });
  expect(limits.slice(0, wanted.length)).toEqual([10_000, 200, 12_000]);
});
