import kafkajs from 'kafkajs';
import { requiredVariable } from '@gemel/testkit/network';
import { FETCH_MS } from '../brokers/index.js';
import { makeTopics } from '../kafka-topics.js';
import type { FullQueue } from './full-queue.js';

/** A topic that takes no message above 3,000 bytes. Others are taken at once: Kafka has no queue that could be full. */
export async function kafkaNarrowTopic(topic: string): Promise<Omit<FullQueue, 'complaint' | 'makeRoom'>> {
  const bootstrapServers = requiredVariable('KAFKA_BROKERS');
  const brokers = bootstrapServers.split(',');
  const kafka = new kafkajs.Kafka({ brokers, clientId: 'others', logLevel: kafkajs.logLevel.NOTHING });
  const [admin, consumer] = [kafka.admin(), kafka.consumer({ groupId: `${topic}-others`, maxWaitTimeInMs: FETCH_MS })];
  await Promise.all([admin.connect(), consumer.connect()]);
  const configEntries = [{ name: 'max.message.bytes', value: '3000' }];
  await makeTopics(admin, { topic, numPartitions: 1, configEntries });
  await consumer.subscribe({ topic, fromBeginning: true });
  const taken: string[] = [];
  await consumer.run({
    eachMessage: async ({ message: { value } }) => {
      taken.push(String(value));
    },
  });
  return {
    connection: { connectionType: 'kafka', uri: `tcp://${brokers[0] ?? ''}`, specificConfig: { bootstrapServers } },
    address: `${topic}/{{ thing:name }}`,
    taken,
    close: async () => {
      await consumer.disconnect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
}
