import kafkajs from 'kafkajs';
import type { Consumer, IHeaders } from 'kafkajs';
import { requiredVariable } from '@gemel/testkit/network';
import type { Broker, OpenBroker, Received } from './broker.js';

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
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
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
    outbox: async (name) => {
      const topic = `${namespace}-${name}`;
      await createTopic(topic);
      const received: Received[] = [];
      const consumer = kafka.consumer({ groupId: `${topic}-others` });
      consumers.push(consumer);
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message: { key, value, headers = {} } }) => {
          const address = `${topic}/${key?.toString() ?? ''}`;
          received.push({ address, payload: value ?? Buffer.alloc(0), headers: headersOf(headers) });
        },
      });
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

function headersOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
