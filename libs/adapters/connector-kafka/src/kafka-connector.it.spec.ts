import { randomUUID } from 'node:crypto';

import type { InboundHandler, OpenConnector } from '@gemel/application/ports';
import { untilLed } from '@gemel/kafka-parts';
import { parseConnection } from '@gemel/model/connections';
import {
  describeConnecting,
  describeConnector,
  describeExternalConnector,
  openReplicas,
  until,
} from '@gemel/testkit/contracts';
import type { Delivery, OpenedExternalConnector } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import kafkajs from 'kafkajs';
import type { Admin, ITopicConfig } from 'kafkajs';

import { kafkaConnector } from './kafka-connector.js';

const brokers = requiredVariable('KAFKA_BROKERS').split(',');
const [host = '', port = ''] = brokers[0]?.split(':') ?? [];
const server = { host, port: Number(port) };
const others = new kafkajs.Kafka({ brokers, clientId: 'others', logLevel: kafkajs.logLevel.NOTHING });
const connector = kafkaConnector({
  firstPauseMs: 1,
  longestPauseMs: 50,
  sessionTimeoutMs: 1_500,
  requestTimeoutMs: 2_000,
  connectTimeoutMs: 2_000,
  commitIntervalMs: 10,
  redeliveryPauseMs: 1,
});
/** A consumer that leaves waits for its fetch to end, which is five seconds by default when nothing comes. */
const FETCH_MS = 200;
const traits = { patienceMs: 20_000, impossibleAddress: 'no topic', largestPayload: 900_000 };

let admin: Admin;

beforeAll(async () => {
  admin = others.admin();
  await admin.connect();
});

afterAll(() => admin.disconnect());

async function makeTopics(...topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false });
  for (const { topic } of topics) await untilLed(admin, topic);
}

async function open(handler: InboundHandler): Promise<OpenedExternalConnector> {
  const base = `gemel-test-${randomUUID()}`;
  const topics = [`${base}-in`, `${base}-out`];
  await makeTopics(...topics.map((topic) => ({ topic, numPartitions: 2 })));
  // One of its own: a producer wants all topics to be there that it has ever sent to.
  const device = others.producer();
  let sent: Promise<unknown> = Promise.resolve();
  await device.connect();
  const authorizationContext = ['nginx:ditto'];
  const replicas = await openReplicas({
    connector,
    json: {
      id: base,
      connectionType: 'kafka',
      uri: `tcp://${brokers[0] ?? ''}`,
      sources: [{ addresses: [`${base}-in`], qos: 1, authorizationContext }],
      targets: [{ address: `${base}-out/a`, topics: ['_/_/things/twin/events'], authorizationContext }],
      specificConfig: { bootstrapServers: brokers[0] ?? '', consumerOffsetReset: 'earliest' },
    },
    handler,
    broker: server,
    ...traits,
  });
  const consumers: { disconnect(): Promise<void> }[] = [];
  return {
    ...replicas,
    inbox: `${base}-in`,
    outbox: `${base}-out`,
    sentTo: ({ address, headers }) => `${address}/${headers['kafka.key'] ?? ''}`,
    send: async (address, payload) => {
      const [topic = '', key = ''] = address.split('/');
      // kafkajs does not keep the order of calls.
      sent = sent.then(() => device.send({ topic, messages: [{ key, value: Buffer.from(payload) }] }));
      await sent;
    },
    consume: async () => {
      const deliveries: Delivery[] = [];
      const consumer = others.consumer({ groupId: `${base}-others`, maxWaitTimeInMs: FETCH_MS });
      consumers.push(consumer);
      await consumer.connect();
      await consumer.subscribe({ topic: `${base}-out`, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ topic, message: { key, value } }) => {
          deliveries.push({ address: `${topic}/${key?.toString() ?? ''}`, payload: value ?? Buffer.alloc(0) });
        },
      });
      return deliveries;
    },
    close: async () => {
      await replicas.kill();
      for (const consumer of consumers) await consumer.disconnect();
      await device.disconnect();
      await admin.deleteTopics({ topics });
    },
  };
}

describeConnector('the Kafka connector', open, traits);
describeExternalConnector('the Kafka connector', open, traits);
describeConnecting(
  'the Kafka connector',
  {
    connector,
    server,
    json: {
      connectionType: 'kafka',
      targets: [
        {
          address: 'gemel-test-connecting',
          topics: ['_/_/things/twin/events'],
          authorizationContext: ['nginx:ditto'],
        },
      ],
      specificConfig: { bootstrapServers: 'localhost:1' },
    },
    schemes: { plain: 'tcp', secure: 'ssl' },
    refused: { sources: [{ addresses: ['gemel-no-such-topic'], authorizationContext: ['nginx:ditto'] }] },
  },
  20_000,
);

describe('a source that begins with what comes next', () => {
  it('misses nothing that is sent from the moment when it is open, nor while it is closed before its first message', async () => {
    const topic = `gemel-test-${randomUUID()}`;
    await makeTopics({ topic, numPartitions: 3 });
    const device = others.producer();
    await device.connect();
    const send = (value: string) =>
      device.send({ topic, messages: [0, 1, 2].map((partition) => ({ partition, value: `${value}-${partition}` })) });
    await send('before');
    const connection = parseConnection({
      id: topic,
      connectionType: 'kafka',
      uri: `tcp://${brokers[0] ?? ''}`,
      sources: [{ addresses: [topic], qos: 1, consumerCount: 2, authorizationContext: ['nginx:ditto'] }],
      specificConfig: { bootstrapServers: brokers[0] ?? '' },
    });
    const got: string[] = [];
    const opened = async (): Promise<OpenConnector> => {
      let isOpen = false;
      const one = await connector.open(
        connection,
        ({ payload }) => Promise.resolve(void got.push(Buffer.from(payload).toString())),
        ({ state }) => (isOpen = state === 'open'),
      );
      await until(() => isOpen, 20_000);
      return one;
    };
    await (await opened()).close(5_000);
    await send('closed');
    const again = await opened();
    await send('open');
    const expected = ['closed', 'open'].flatMap((value) => [0, 1, 2].map((partition) => `${value}-${partition}`));
    await until(() => expected.every((value) => got.includes(value)), 20_000);
    expect(got.filter((value) => value.startsWith('before'))).toEqual([]);
    await again.close(5_000);
    await device.disconnect();
    await admin.deleteTopics({ topics: [topic] });
  });
});
