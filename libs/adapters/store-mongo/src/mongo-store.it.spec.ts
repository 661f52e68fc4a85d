import {
  describeConnectionBoard,
  describeConnectionStore,
  describeEventLog,
  describePolicyDirectory,
  describeLeaseStore,
  describeLogRetention,
  describePresenceBoard,
  describeRecordStore,
  describeStateArchive,
  describeStateStore,
  describeThingSearch,
  thingChange,
} from '@gemel/testkit/contracts';
import type { OpenedThinnable } from '@gemel/testkit/contracts';
import { EmptiedDatabases } from '@gemel/testkit/mongo';
import { requiredVariable } from '@gemel/testkit/network';
import { openMongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');

const databases = new EmptiedDatabases(URL, 'gemel-store');
afterAll(() => databases.remove());

async function opened(database: string, cacheBytes: number): Promise<OpenedThinnable> {
  const store = await openMongoStore({ url: URL, database, cacheBytes, log: SILENT });
  return {
    log: store,
    states: store,
    search: store,
    archive: store.archive,
    retention: store.retention,
    directory: store.directory,
    reopen: async () => {
      await store.close();
      return opened(database, cacheBytes);
    },
    close: async () => {
      await store.close();
      await databases.giveBack(database);
    },
  };
}

describe.each([
  ['with room for all states', 10_000_000],
  ['with room for few states', 3_000],
])('MongoStore %s', (_name, cacheBytes) => {
  const open = () => opened(databases.take(), cacheBytes);

  describeEventLog('MongoStore', open);
  describePolicyDirectory('MongoStore', open);
  describeStateArchive('MongoStore', open);
  describeLogRetention('MongoStore', open);
  describeStateStore('MongoStore', open);
  describeThingSearch('MongoStore', open);
});

it('says beforehand what is too much for one commit, and refuses it', async () => {
  const { log, close } = await opened(databases.take(), 3_000);
  const few = [thingChange('a:few', 1)];
  const many = Array.from({ length: 60 }, (_, index) =>
    thingChange(`a:t${String(index)}`, 1, { a: 'a'.repeat(100_000) }),
  );
  expect(log.tooLarge?.(few)).toBeUndefined();
  expect(log.tooLarge?.(many)).toMatchObject({ status: 413, code: 'gemel:commit.toolarge' });
  await expect(log.append(many)).rejects.toThrow(log.tooLarge?.(many)?.message);
  expect(await log.end()).toBe(0);
  await close();
});

describeLeaseStore('MongoStore', async () => {
  const options = { url: URL, database: databases.take(), cacheBytes: 3_000, log: SILENT };
  const [leases, others] = [await openMongoStore(options), await openMongoStore(options)];
  return {
    leases,
    others,
    close: async () => {
      await leases.close();
      await others.close();
      await databases.giveBack(options.database);
    },
  };
});

describePresenceBoard('MongoStore', async () => {
  const options = { url: URL, database: databases.take(), cacheBytes: 3_000, log: SILENT };
  const [store, other] = [await openMongoStore(options), await openMongoStore(options)];
  return {
    board: store.presences,
    others: other.presences,
    close: async () => {
      await store.close();
      await other.close();
      await databases.giveBack(options.database);
    },
  };
});

const openConnections = async () => {
  const options = { url: URL, database: databases.take(), cacheBytes: 3_000, log: SILENT };
  const [first, second] = [await openMongoStore(options), await openMongoStore(options)];
  return {
    first: first.connections,
    second: second.connections,
    close: async () => {
      await first.close();
      await second.close();
      await databases.giveBack(options.database);
    },
  };
};

describeConnectionStore('MongoStore', async () => {
  const { first, second, close } = await openConnections();
  return { store: first, others: second, reopen: () => Promise.resolve(second), close };
});

describeConnectionBoard('MongoStore', async () => {
  const { first, second, close } = await openConnections();
  return { board: first, others: second, close };
});

describeRecordStore('MongoStore', async () => {
  const options = { url: URL, database: databases.take(), cacheBytes: 3_000, log: SILENT };
  const [store, other] = [await openMongoStore(options), await openMongoStore(options)];
  return {
    records: store.records,
    others: async () => other.records,
    close: async () => {
      await store.close();
      await other.close();
      await databases.giveBack(options.database);
    },
  };
});
