import { jest } from '@jest/globals';
import type { EachBatchPayload } from 'kafkajs';
import { AdminConnection } from './admin-connection.js';
import { KafkaCounts } from './counters.js';
import { EventWatch } from './event-watch.js';
import { ParsedMessages } from './parsed-messages.js';
import { TopicGate } from './topic-gate.js';

const PARTITIONS = 12;
const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** Never connected. */
function watch(): EventWatch {
  const options = { brokers: ['127.0.0.1:1'], clientId: 'spec', topic: 'events', log: SILENT };
  const admin = new AdminConnection(options);
  return new EventWatch('spec', {
    ...{ options, admin, gate: new TopicGate(options, admin) },
    ...{ counts: new KafkaCounts(), parsed: new ParsedMessages() },
  });
}

function payload(partition: number, resolved: number[]): EachBatchPayload {
  const nothing = () => Promise.resolve();
  return {
    batch: {
      topic: 'events',
      partition,
      highWatermark: '1',
      messages: [],
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

describe('EventWatch', () => {
  it('pauses once for all partitions of a fetch while nobody listens, until somebody does', async () => {
    const listens = jest.spyOn(EventTarget.prototype, 'addEventListener');
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
});
