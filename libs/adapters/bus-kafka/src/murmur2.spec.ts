import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { partitionOf } from './murmur2.js';

describe('the partition of a key', () => {
  it('is the one that other clients of Kafka choose', () => {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          ...{ partitionErrorCode: 0, partitionId, leader: 1, replicas: [], isr: [] },
        }));
        const chosen = choose({ topic: 'events', partitionMetadata, message: { key, value: null } });
        expect(partitionOf(key, partitions)).toBe(chosen);
      }),
    );
  });
});
