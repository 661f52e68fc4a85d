// Before each spec of the HTTP API that runs on MongoDB: each API gets a database of its own there.
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

openApiStoresWith(async () => {
  const url = requiredVariable('MONGODB_URL');
  const database = `gemel-api-${randomUUID()}`;
  const store = await openMongoStore({ url, database, cacheBytes: CACHE_BYTES, log: SILENT });
  const { archive, retention, directory, records } = store;
  return {
    ...{ log: store, states: store, search: store, held: store, archive, retention, directory, records },
    close: async () => {
      await store.close();
      const connection = await createConnection(url, { dbName: database }).asPromise();
      await connection.dropDatabase();
      await connection.close();
    },
  };
});
