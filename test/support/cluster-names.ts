import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import mongoose from 'mongoose';

/** What a cluster has for itself in services that it shares with others: where it keeps what it knows, and its devices. */
export interface ClusterNames {
  readonly database: string;
  readonly topic: string;
  readonly bucket: string;
  /** First level of the topics that its devices publish on; `telemetry` is everybody's. */
  readonly telemetry: string;
}

/** Those of no other test. */
export function newClusterNames(): ClusterNames {
  const mark = randomUUID().slice(0, 8);
  const name = `test-${mark}`;
  return { database: name, topic: `test-events-${mark}`, bucket: name, telemetry: name };
}

/** Where the services are that the environment names. @throws Error when one is missing */
export function serviceAddresses(environment: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const names = ['MONGODB_URL', 'KAFKA_BROKERS', 'INFLUXDB_URL', 'INFLUXDB_TOKEN', 'INFLUXDB_ORG', 'MQTT_URL'];
  return Object.fromEntries(
    names.map((name) => {
      const value = environment[name];
      if (value === undefined) throw new Error(`${name} is not set: run it by npm run test:services`);
      return [name, value];
    }),
  );
}

/** Removes what a stopped cluster kept. */
export async function removeClusterNames({ database, topic, bucket }: ClusterNames): Promise<void> {
  const addresses = serviceAddresses();
  await Promise.all([
    removeDatabase(addresses['MONGODB_URL'] ?? '', database),
    removeTopic(addresses['KAFKA_BROKERS'] ?? '', topic),
    removeBuckets(addresses, [bucket, `${bucket}_gemel`]),
  ]);
}

async function removeDatabase(url: string, name: string): Promise<void> {
  const connection = await mongoose.createConnection(url, { dbName: name }).asPromise();
  await connection.dropDatabase();
  await connection.close();
}

async function removeTopic(brokers: string, name: string): Promise<void> {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic === name || topic === `${name}-live`);
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}

async function removeBuckets(addresses: Readonly<Record<string, string>>, names: readonly string[]): Promise<void> {
  const { INFLUXDB_URL: url = '', INFLUXDB_TOKEN: token = '', INFLUXDB_ORG: org = '' } = addresses;
  const headers = { authorization: `Token ${token}` };
  for (const name of names) {
    const query = new URLSearchParams({ org, name });
    const answer = await fetch(`${url}/api/v2/buckets?${query.toString()}`, { headers });
    if (!answer.ok) continue;
    const { buckets } = (await answer.json()) as { readonly buckets: readonly { readonly id: string }[] };
    for (const { id } of buckets) await fetch(`${url}/api/v2/buckets/${id}`, { method: 'DELETE', headers });
  }
}
