// Before each spec of the HTTP API that runs on MongoDB: each API gets an empty database there, and no other has it meanwhile.
import { randomUUID } from 'node:crypto';
import { openApiStoresWith } from '@gemel/testkit/http-api';
import { requiredVariable } from '@gemel/testkit/network';
import { stores } from '@gemel/wiring';
import { createConnection } from 'mongoose';

const ignore = (): void => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
/** Little: what is read comes from the database. */
const CACHE_BYTES = 100_000;

const openMongoStore = await stores.mongo();
const url = requiredVariable('MONGODB_URL');
const server = createConnection(url);
/** Emptied ones of this file's: to make one, with its indexes, takes longer than most specs. */
const unused: string[] = [];

openApiStoresWith(async () => {
  const database = unused.pop() ?? `gemel-api-${randomUUID()}`;
  const store = await openMongoStore({ url, database, cacheBytes: CACHE_BYTES, log: SILENT });
  const { archive, retention, directory, records } = store;
  return {
    ...{ log: store, states: store, search: store, held: store, archive, retention, directory, records },
    close: async () => {
      await store.close();
      await empty(database);
      unused.push(database);
    },
  };
});

afterAll(async () => {
  for (const database of unused) await (await databaseNamed(database)).dropDatabase();
  await server.close();
});

async function empty(name: string): Promise<void> {
  for (const collection of await (await databaseNamed(name)).collections()) await collection.deleteMany();
}

async function databaseNamed(name: string) {
  return (await server.asPromise()).getClient().db(name);
}
