// Before each spec of the HTTP API that runs on MongoDB: each API gets an empty database there, and no other has it meanwhile.
import { openApiStoresWith } from '@gemel/testkit/http-api';
import { EmptiedDatabases } from '@gemel/testkit/mongo';
import { requiredVariable } from '@gemel/testkit/network';
import { stores } from '@gemel/wiring';

const ignore = (): void => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
/** Little: what is read comes from the database. */
const CACHE_BYTES = 100_000;

const openMongoStore = await stores.mongo();
const url = requiredVariable('MONGODB_URL');
const databases = new EmptiedDatabases(url, 'gemel-api');

openApiStoresWith(async () => {
  const database = databases.take();
  const store = await openMongoStore({ url, database, cacheBytes: CACHE_BYTES, log: SILENT });
  const { archive, retention, directory, records } = store;
  return {
    ...{ log: store, states: store, search: store, held: store, archive, retention, directory, records },
    close: async () => {
      await store.close();
      await databases.giveBack(database);
    },
  };
});

afterAll(() => databases.remove());
