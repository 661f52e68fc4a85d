// Bare kafkajs that takes batches, merges, writes the same bytes and two history points with group commit, then commits the
// offset: the ceiling for what comes in from Kafka.
import kafkajs from 'kafkajs';
import { answerRuns, stopwatch } from './runs.mjs';
import { openTwins } from './twins.mjs';

const [folder, brokers] = process.argv.slice(2);
const twins = openTwins(folder);
const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });

answerRuns(async ({ topic, partitions, count }) => {
  const watch = stopwatch(count);
  const consumer = kafka.consumer({ groupId: `durable-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: partitions,
    eachBatch: async ({ batch: { partition, messages }, resolveOffset }) => {
      watch.begin();
      await Promise.all(messages.map(({ value }) => twins.apply(value)));
      const { offset } = messages.at(-1);
      resolveOffset(offset);
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
      watch.add(messages.length);
    },
  });
  const result = await watch.measured;
  await consumer.disconnect();
  return result;
});
