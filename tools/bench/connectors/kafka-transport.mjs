// Kafka by kafkajs: topics of four partitions, all in-sync replicas, offsets committed when the records are read.
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { THINGS, event, message } from './operator.mjs';
import { launchPeer } from './peer.mjs';
import { Counter, rate } from './throughput.mjs';

const PARTITIONS = 4;
const BATCH = 500;
const DEADLINE_MS = 120_000;

export async function kafkaTransport(addresses) {
  const brokers = addresses.split(',');
  const kafka = new kafkajs.Kafka({ brokers, clientId: 'bench', logLevel: kafkajs.logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await admin.connect();
  await producer.connect();
  const topicFor = async (mark) => {
    await admin.createTopics({ topics: [{ topic: mark, numPartitions: PARTITIONS }], waitForLeaders: true });
    return mark;
  };
  const connection = (mark) => ({
    connectionType: 'kafka',
    uri: `tcp://${brokers[0]}`,
    specificConfig: { bootstrapServers: addresses, groupId: `gemel-${mark}`, consumerOffsetReset: 'earliest' },
  });
  const produce = async (topic, count, valueOf) => {
    for (let index = 0; index < count; index += BATCH) {
      const messages = Array.from({ length: Math.min(BATCH, count - index) }, (_, place) => ({
        key: `bench:thing-${(index + place) % THINGS}`,
        value: valueOf(index + place),
      }));
      await producer.send({ topic, acks: -1, messages });
    }
  };

  return {
    name: 'Kafka',
    /** Of a client that does as much as Gemel before it commits offsets. */
    durablePeer: () => launchPeer('tools/bench/peers/bare-kafka-consumer.mjs', ['{folder}', addresses]),
    inbox: async () => {
      const topic = await topicFor(`in-${randomUUID().slice(0, 8)}`);
      const other = await topicFor(`bare-${topic}`);
      return {
        connection: connection(topic),
        address: topic,
        fill: (count) => produce(topic, count, (index) => message(index)),
        consumeDurably: async (peer, count) => {
          const third = await topicFor(`durable-${topic}`);
          await produce(third, count, (index) => message(index));
          return peer.run({ topic: third, partitions: PARTITIONS, count });
        },
        consumeBare: async (count) => {
          await produce(other, count, (index) => message(index));
          const consumer = kafka.consumer({ groupId: `bare-${topic}` });
          const counter = new Counter();
          await consumer.connect();
          await consumer.subscribe({ topic: other, fromBeginning: true });
          const cpu = process.cpuUsage();
          // The first fetch brings thousands of records at once.
          consumer.on('consumer.group_join', () => counter.begin());
          await consumer.run({ eachMessage: async () => counter.add() });
          const { ms } = await counter.reach(count, DEADLINE_MS);
          const { user, system } = process.cpuUsage(cpu);
          await consumer.disconnect();
          return rate(ms, count, (user + system) / 1000);
        },
        // A producer of kafkajs wants every topic to be there that it has ever sent to.
        close: async () => undefined,
      };
    },
    outbox: async () => {
      const topic = await topicFor(`out-${randomUUID().slice(0, 8)}`);
      const consumer = kafka.consumer({ groupId: `seen-${topic}` });
      let counter = new Counter();
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachBatch: async ({ batch }) => counter.add(batch.messages.length) });
      return {
        connection: connection(topic),
        address: `${topic}/{{ thing:id }}`,
        counter: () => (counter = new Counter()),
        publishBare: async (count) => {
          const cpu = process.cpuUsage();
          await produce(topic, count, (index) => event(index));
          const { user, system } = process.cpuUsage(cpu);
          return { cpuMs: (user + system) / 1000 };
        },
        close: () => consumer.disconnect(),
      };
    },
    close: async () => {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}
