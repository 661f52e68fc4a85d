import { vi } from 'vitest';
import { thingChange } from '@gemel/testkit/contracts';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { AdminConnection } from './admin-connection.js';
import { KafkaCounts } from './counters.js';
import { toMessages } from './event-codec.js';
import { EventWatch } from './event-watch.js';
import type { KafkaOptions } from './kafka-options.js';
import { ParsedMessages } from './parsed-messages.js';
import { TopicGate } from './topic-gate.js';

const PARTITIONS = 12;
const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** Never connected. */
function watch(follow: Pick<KafkaOptions, 'arrived' | 'isFollowed' | 'pause'> = {}): EventWatch {
  const options = { brokers: ['127.0.0.1:1'], clientId: 'spec', topic: 'events', log: SILENT, ...follow };
  const admin = new AdminConnection(options);
  return new EventWatch('spec', {
    ...{ options, admin, gate: new TopicGate(options, admin) },
    ...{ counts: new KafkaCounts(), parsed: new ParsedMessages(follow.arrived) },
  });
}

function payload(partition: number, resolved: number[], messages: readonly KafkaMessage[] = []): EachBatchPayload {
  const nothing = () => Promise.resolve();
  return {
    batch: {
      topic: 'events',
      partition,
      highWatermark: '1',
      messages: [...messages],
      isEmpty: () => true,
      firstOffset: () => '0',
      lastOffset: () => '0',
      offsetLag: () => '0',
      offsetLagLow: () => '0',
    },
    resolveOffset: () => resolved.push(partition),
    heartbeat: nothing,
    pause: () => () => undefined,
    commitOffsetsIfNecessary: nothing,
    uncommittedOffsets: () => ({ topics: [] }),
    isRunning: () => true,
    isStale: () => false,
  };
}

function messagesOf(position: number): readonly KafkaMessage[] {
  const { event } = thingChange('a:x', position);
  return toMessages([{ position, event }], { partitions: 1, bytes: 1_000 }).map(({ value }) => ({
    ...{ value, key: null, headers: {}, timestamp: '0', attributes: 0, offset: String(position) },
  }));
}

describe('EventWatch', () => {
  it('pauses once for all partitions of a fetch while nobody listens, until somebody does', async () => {
    const listens = vi.spyOn(EventTarget.prototype, 'addEventListener');
    const watched = watch();
    const resolved: number[] = [];
    const taking = Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => watched.take(payload(partition, resolved))),
    );
    // Node warns of a leak from eleven on.
    expect(listens).toHaveBeenCalledTimes(1);
    listens.mockRestore();
    watched.add(() => undefined);
    await taking;
    expect(resolved).toHaveLength(PARTITIONS);
    await watched.stop();
  });
  it('looks into what nobody listens to only while it is followed', async () => {
    let isFollowed = false;
    const arrived: number[] = [];
    const watched = watch({
      arrived: ({ position }) => arrived.push(position),
      isFollowed: () => isFollowed,
      pause: () => Promise.resolve(),
    });
    const take = (position: number) => watched.take(payload(0, [], messagesOf(position)));
    await take(1);
    isFollowed = true;
    await take(2);
    isFollowed = false;
    await take(3);
    expect(arrived).toEqual([2]);
    await watched.stop();
  });
});
