import { randomUUID } from 'node:crypto';
import type { Logger } from '@gemel/application/ports';
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
