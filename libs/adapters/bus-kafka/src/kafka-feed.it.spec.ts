import { randomUUID } from 'node:crypto';
import type { Logger } from '@gemel/application/ports';
import { BETWEEN_PROCESSES, describeEventFeed, describeSharedFeed, until } from '@gemel/testkit/contracts';
import type { OpenedSharedFeed, Pause } from '@gemel/testkit/contracts';
import { RelayedLog } from '@gemel/testkit/memory';
import { requiredVariable } from '@gemel/testkit/network';
import kafkajs from 'kafkajs';
import { openKafka } from './index.js';

const brokers = requiredVariable('KAFKA_BROKERS').split(',');
/** What was logged louder than info: nothing, while Kafka is healthy, but what the suites' readers do on purpose. */
const loud: unknown[] = [];
const hear: Logger['error'] = (fields, message) => {
  if (!/a (reader|listener) of events failed/.test(message)) loud.push([fields, message]);
};
const log: Logger = { error: hear, warn: hear, info: () => undefined, debug: () => undefined };
const topics: string[] = [];

afterAll(async () => {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  // With a topic go the groups that have read it.
  const made = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((topic) => made.includes(topic)) });
  await admin.disconnect();
});

async function open(pause: Pause): Promise<OpenedSharedFeed> {
  const topic = `bus-kafka.${randomUUID()}`;
  topics.push(topic);
  const kafka = await openKafka({ brokers, clientId: 'spec', topic, settings: { partitions: 4 }, log, pause });
  const relayed = new RelayedLog(kafka.bus);
  const shown = new Set<number>();
  kafka.feed.watch(({ position }) => shown.add(position));
  return {
    log: relayed,
    feed: kafka.feed,
    settled: async () => {
      const end = await relayed.end();
      await until(() => shown.size >= end, BETWEEN_PROCESSES.deadlineMs);
    },
    repeat: (events) => kafka.bus.publish(events),
    close: async () => {
      await relayed.close();
      await kafka.close();
      expect(loud.splice(0)).toEqual([]);
    },
  };
}

describeEventFeed('KafkaFeed', open, BETWEEN_PROCESSES);
describeSharedFeed('KafkaFeed', open);
