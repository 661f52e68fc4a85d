import { MongoClient } from 'mongodb';
import { goProgram } from './go-program.mjs';
import { documentDbRoot, startPostgres } from './postgres.mjs';

const CLIENT = { serverSelectionTimeoutMS: 2000, connectTimeoutMS: 2000, socketTimeoutMS: 20_000 };

/** MongoDB's protocol: FerretDB over PostgreSQL with the DocumentDB extension. */
export const mongodb = {
  name: 'mongodb',
  variables: ['MONGODB_URL'],
  packages: { debootstrap: 'debootstrap' },
  ports: ['mongodb', 'postgres'],
  readySeconds: 90,

  async install() {
    const [ferretdb, root] = await Promise.all([
      goProgram({ name: 'ferretdb', version: 'v2.7.0', source: 'github.com/FerretDB/FerretDB/v2/cmd/ferretdb' }),
      documentDbRoot(),
    ]);
    return { ferretdb, root };
  },

  async start(instance, { ferretdb, root }) {
    const postgresUrl = await startPostgres(instance, root);
    await instance.launch('ferretdb', ferretdb, [
      `--postgresql-url=${postgresUrl}`,
      `--listen-addr=127.0.0.1:${instance.ports.mongodb}`,
      '--debug-addr=-',
      `--state-dir=${instance.folder}`,
      '--no-auth',
      '--telemetry=disable',
      '--log-level=WARN',
    ]);
  },

  environment: ({ ports }) => ({ MONGODB_URL: `mongodb://127.0.0.1:${ports.mongodb}/` }),

  async probe({ MONGODB_URL }) {
    const client = new MongoClient(MONGODB_URL, CLIENT);
    const database = client.db(`gemel_probe_${process.pid}`);
    try {
      const { insertedId } = await database.collection('probe').insertOne({ written: true });
      const found = await database.collection('probe').findOne({ _id: insertedId });
      if (found?.written !== true) throw new Error('what was inserted is not found');
      await database.dropDatabase();
    } finally {
      await client.close();
    }
  },
};
