import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { JsonObject } from '@gemel/model/json';
import { requiredVariable } from '@gemel/testkit/network';
import { eventually } from '@gemel/testkit/waiting';
import { makeTopics } from '../support/kafka-topics.js';
import { Operated } from '../support/operated.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

let solo: Solo;
let gemel: Operated;

beforeAll(async () => {
  solo = await startSharedSolo();
  gemel = new Operated({ urls: () => [solo.http], log: solo.log });
});

afterAll(async () => {
  expect(await solo.stop()).toBe(0);
});

describe.each(['plain', 'scram-sha-256', 'scram-sha-512'])('a connection to Kafka with SASL %s', (saslMechanism) => {
  const topic = `sasl${randomUUID().slice(0, 8)}`;
  const kafka = () =>
    new kafkajs.Kafka({ brokers: requiredVariable('KAFKA_BROKERS').split(','), logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka().admin();

  beforeAll(async () => {
    await admin.connect();
    await makeTopics(admin, { topic, numPartitions: 1 });
  });
  afterAll(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  const connection = (uri: URL): JsonObject => ({
    connectionType: 'kafka',
    uri: uri.href.replace(/\/$/, ''),
    specificConfig: {
      bootstrapServers: uri.host,
      saslMechanism,
      groupId: `${topic}-gemel`,
      consumerOffsetReset: 'earliest',
    },
    sources: [{ addresses: [topic], qos: 1, authorizationContext: ['nginx:ditto'] }],
    targets: [
      {
        address: `${topic}/x`,
        topics: [`_/_/things/twin/events?namespaces=${topic}`],
        qos: 1,
        authorizationContext: ['nginx:ditto'],
      },
    ],
  });
  const url = () => new URL(requiredVariable('KAFKA_SASL_URL'));

  it('receives and sends with the right password', async () => {
    const id = await gemel.create(connection(url()));
    await gemel.statusIs(id, 'open');
    expect((await gemel.call('PUT', `/api/2/things/${topic}:car`, {})).status).toBe(201);
    // What it sends comes back to it.
    await eventually(
      () => gemel.count(id, topic, 'consumed'),
      (count) => count > 0,
      20_000,
    );
    await gemel.delete(id);
  });

  it('says that the password is wrong, and where to mend it', async () => {
    const wrong = url();
    wrong.password = 'swordfish';
    const id = await gemel.create(connection(wrong));
    const { clientStatus } = await gemel.statusIs(id, 'misconfigured');
    expect(clientStatus[0]?.statusDetails).toMatch(/user name and password.*uri/i);
    expect(JSON.stringify([clientStatus, await gemel.logs(id), solo.log()])).not.toContain('swordfish');
    await gemel.delete(id);
  });
});
