import fc from 'fast-check';
import kafkajs from 'kafkajs';
import type { Message } from 'kafkajs';
import { choosePartition } from './choose-partition.js';

function metadataOf(partitions: number) {
  return Array.from({ length: partitions }, (_, partitionId) => ({
    ...{ partitionErrorCode: 0, partitionId, leader: 1, replicas: [], isr: [] },
  }));
}

describe('the partition of a message', () => {
  const [ours, theirs] = [choosePartition(), kafkajs.Partitioners.DefaultPartitioner()];
  const both = (message: Message, partitions: number) =>
    [ours, theirs].map((choose) => choose({ topic: 'events', partitionMetadata: metadataOf(partitions), message }));

  it('is the one that other clients of Kafka choose for a key', () => {
    // Any UTF-16 there is, halves of pairs too, and any bytes.
    const texts = fc.uint16Array({ maxLength: 40 }).map((units) => String.fromCharCode(...units));
    const keys = fc.oneof(
      texts,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const [our, their] = both({ key, value: null }, partitions);
        expect(our).toBe(their);
      }),
    );
  });

  it('is the one that the message names', () => {
    expect(both({ key: 'a', value: null, partition: 3 }, 4)).toEqual([3, 3]);
  });

  it('is another one each time without a key', () => {
    const message = { key: null, value: null };
    const chosen = [0, 1, 2, 3].map(() => ours({ topic: 'events', partitionMetadata: metadataOf(4), message }));
    expect(chosen.toSorted()).toEqual([0, 1, 2, 3]);
  });
});
