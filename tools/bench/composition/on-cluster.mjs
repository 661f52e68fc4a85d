// The same on one replica of each process on the services, in a database of its own that is deleted afterwards.
import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { findServices } from '../../cluster/service-addresses.mjs';
import { createCluster } from '../../cluster/cluster.mjs';
import { cpuMs } from '../processes.mjs';
import { measureComposition } from './measure.mjs';

const INDEXED_WITHIN_MS = 120_000;

export async function measureOnCluster({ rounds }) {
  const services = await findServices(process.env);
  const { addresses } = services;
  const client = await new MongoClient(addresses.MONGODB_URL).connect();
  const name = `gemel-bench-${randomUUID().slice(0, 8)}`;
  const db = client.db(name);
  try {
    const cluster = await createCluster({
      addresses,
      replicas: 1,
      ports: { things: 0, 'extended-api': 0, ingest: 0 },
      database: name,
      topic: name,
      bucket: name,
      environment: { ...process.env, GEMEL_LOG_LEVEL: 'error' },
      log: (line) => console.error(line),
      died: (replica, how) => console.error(`${replica.name} ended with ${how}`),
    });
    await cluster.start();
    try {
      const cpu = () => cluster.pids('extended-api').reduce((sum, pid) => sum + cpuMs(pid), 0);
      const [things, composition] = ['things', 'extended-api'].map((app) => cluster.urls(app)[0]);
      return await measureComposition({ things, composition }, { rounds, settled: () => indexed(db), cpu });
    } finally {
      await cluster.stop();
    }
  } finally {
    await db.dropDatabase();
    await client.close();
    await services.stop();
  }
}

/** Until the index of searches has all commits. */
async function indexed(db) {
  const begun = performance.now();
  for (;;) {
    const last = await db.collection('commits').findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
    const reader = await db.collection('readers').findOne({ _id: 'search-parts' });
    if (last === null || (reader !== null && reader.position >= last._id)) return;
    if (performance.now() - begun > INDEXED_WITHIN_MS) throw new Error('the index does not catch up');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
