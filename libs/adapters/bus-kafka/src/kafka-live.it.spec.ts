import { randomUUID } from 'node:crypto';
import type { Logger } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { describeLiveBus } from '@gemel/testkit/contracts';
import type { OpenedLiveBus } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import kafkajs from 'kafkajs';
import { openKafkaLive } from './index.js';

const brokers = requiredVariable('KAFKA_BROKERS').split(',');
const loud: unknown[] = [];
const hear: Logger['error'] = (fields, message) => {
  if (!message.includes('a listener of the live channel failed')) loud.push([fields, message]);
};
const log: Logger = { error: hear, warn: hear, info: () => undefined, debug: () => undefined };
const topics: string[] = [];

afterAll(async () => {
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const made = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((topic) => made.includes(topic)) });
  await admin.disconnect();
});

/** Two processes that have heard of each other. */
async function open(): Promise<OpenedLiveBus> {
  const topic = `bus-kafka-live.${randomUUID()}`;
  topics.push(topic);
  const opened = [
    await openKafkaLive({ brokers, clientId: 'spec-0', topic, log }),
    await openKafkaLive({ brokers, clientId: 'spec-1', topic, log }),
  ];
  return {
    processes: opened.map(({ bus }) => bus),
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      expect(loud.splice(0)).toEqual([]);
    },
  };
}

describeLiveBus('KafkaLiveBus', open);

it('shows nothing a second time when the group of its consumer has changed', async () => {
  const { processes, close } = await open();
  const [sender, hearer] = processes;
  const heard: string[] = [];
  hearer?.listen(({ entityId }) => heard.push(entityId));
  const tell = (id: string) => sender?.publish({ entityId: parseThingId(id), envelope: {}, origin: undefined });
  tell('test:before');
  await vi.waitFor(() => expect(heard).toEqual(['test:before']), 20_000);
  await changeGroupsOf(topics.at(-1) ?? '');
  tell('test:after');
  await vi.waitFor(() => expect(heard).toContain('test:after'), 20_000);
  expect(heard).toEqual(['test:before', 'test:after']);
  await close();
});

/** Another member joins each group of the topic, and leaves. */
async function changeGroupsOf(topic: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  const ids = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(topic));
  expect(ids).toHaveLength(2);
  for (const groupId of ids) {
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    await joined;
    await consumer.disconnect();
  }
  const alone = async () => {
    const described = await admin.describeGroups(ids);
    expect(described.groups.map(({ state, members }) => [state, members.length])).toEqual(ids.map(() => ['Stable', 1]));
  };
  await vi.waitFor(alone, 20_000);
  await admin.disconnect();
}
