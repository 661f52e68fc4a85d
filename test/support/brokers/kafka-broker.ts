import kafkajs from 'kafkajs';
import type { Consumer } from 'kafkajs';
import { requiredVariable } from '@gemel/testkit/network';
import { makeTopics } from '../kafka-topics.js';
import type { Broker, OpenBroker } from './broker.js';
import { recordsOf } from './kafka-records.js';

const PARTITIONS = 2;

/** Kafka, or whatever `KAFKA_BROKERS` names. */
export const kafkaBroker: OpenBroker = async (namespace, addresses): Promise<Broker> => {
  const brokers = requiredVariable('KAFKA_BROKERS', addresses).split(',');
  const kafka = new kafkajs.Kafka({
    brokers,
    clientId: 'others',
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 1_000 },
  });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  const topics: string[] = [];
  const consumers: Consumer[] = [];
  // kafkajs does not keep the order of calls.
  let sent: Promise<unknown> = Promise.resolve();
  const createTopic = async (topic: string) => {
    await makeTopics(admin, { topic, numPartitions: PARTITIONS });
    topics.push(topic);
  };
  return {
    connection: {
      connectionType: 'kafka',
      uri: `tcp://${brokers[0] ?? ''}`,
      specificConfig: {
        bootstrapServers: brokers.join(','),
        groupId: `gemel-${namespace}`,
        consumerOffsetReset: 'earliest',
      },
    },
    absent: {
      sources: [{ addresses: [`${namespace}-absent`], qos: 1, authorizationContext: ['nginx:ditto'] }],
    },
    comesBack: true,
    takenStatus: 204,
    enforcement: () => ({ input: '{{ header:device_id }}', filters: ['{{ thing:name }}'] }),
    inbox: async (name) => {
      const topic = `${namespace}-${name}`;
      await createTopic(topic);
      return {
        address: topic,
        send: async (key, payload, headers = {}) => {
          const message = { key, value: Buffer.from(payload), headers: { device_id: key, ...headers } };
          sent = sent.then(() => producer.send({ topic, messages: [message] }));
          await sent;
        },
      };
    },
    outbox: async (name, pauseMs) => {
      const topic = `${namespace}-${name}`;
      await createTopic(topic);
      const { received, consumer } = await recordsOf(kafka, topic, pauseMs);
      consumers.push(consumer);
      return { address: (tail) => `${topic}/${tail}`, received };
    },
    consumers: async () => {
      const { groups } = await admin.describeGroups([`gemel-${namespace}`]);
      return groups[0]?.members.length ?? 0;
    },
    close: async (forgets = true) => {
      await Promise.all([...consumers, producer].map((client) => client.disconnect()));
      if (forgets) await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
};
