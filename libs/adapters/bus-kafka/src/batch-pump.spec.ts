import type { RecordedEvent } from '@gemel/application/ports';
import { namesOf, thingChange, turns, until } from '@gemel/testkit/contracts';
import type { EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs';
import { BatchPump } from './batch-pump.js';
import { KafkaCounts } from './counters.js';
import { Deliveries } from './delivery.js';
import { toMessages } from './event-codec.js';
import { ParsedMessages } from './parsed-messages.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const REBALANCING = Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });

let heartbeats: number;
let fault: Error | undefined;
let committed: OffsetsByTopicPartition['topics'][number]['partitions'][];
let resolved: string[];
let isStale: boolean;
let batches: (readonly string[])[];
let failures: number;
let before: () => Promise<void>;
let pauses: number[];
let pause: (ms: number, signal: AbortSignal) => Promise<void>;
let counts: KafkaCounts;
let pump: BatchPump;

beforeEach(() => {
  [heartbeats, failures, fault, isStale] = [0, 0, undefined, false];
  [committed, resolved, batches, pauses] = [[], [], [], []];
  before = () => Promise.resolve();
  pause = () => turns(1);
  counts = new KafkaCounts();
  const handle = async (events: readonly RecordedEvent[]) => {
    batches.push(namesOf(events));
    await before();
    if (failures > 0) {
      failures -= 1;
      throw new Error('not now');
    }
  };
  pump = new BatchPump(
    { name: 'reader', position: () => Promise.resolve(0), handle },
    {
      log: SILENT,
      counts,
      deliveries: new Deliveries(SILENT, counts, new ParsedMessages()),
      heartbeatMs: 1,
      pause: (ms, signal) => {
        pauses.push(ms);
        return pause(ms, signal);
      },
    },
  );
});

/** Events of a thing of the partition's own, at these revisions, which are positions and offsets, too. */
function payload(partition: number, ...revisions: readonly number[]): EachBatchPayload {
  const messages = revisions.flatMap((revision) =>
    toMessages([{ position: revision, event: thingChange(`a:${String(partition)}`, revision).event }], {
      ...{ partitions: 1, bytes: 1_000 },
    }).map(({ value }) => ({ value, key: null, headers: {}, timestamp: '0', attributes: 0, offset: String(revision) })),
  );
  const offset = () => String(revisions.at(-1));
  return {
    batch: {
      topic: 'events',
      partition,
      highWatermark: '0',
      messages,
      isEmpty: () => false,
      firstOffset: offset,
      lastOffset: offset,
      offsetLag: () => '0',
      offsetLagLow: () => '0',
    },
    resolveOffset: (resolvedOffset) => resolved.push(`${String(partition)}:${resolvedOffset}`),
    heartbeat: () => {
      heartbeats += 1;
      return fault === undefined ? Promise.resolve() : Promise.reject(fault);
    },
    pause: () => () => undefined,
    commitOffsetsIfNecessary: (offsets) => {
      committed.push(offsets?.topics[0]?.partitions ?? []);
      return Promise.resolve();
    },
    uncommittedOffsets: () => ({ topics: [] }),
    isRunning: () => true,
    isStale: () => isStale,
  };
}

describe('batch pump', () => {
  it('hands over what all partitions brought as one batch, then commits behind it', async () => {
    await Promise.all([pump.take(payload(0, 1, 4)), pump.take(payload(1, 2, 3))]);
    expect(batches).toEqual([['a:0#1', 'a:1#2', 'a:1#3', 'a:0#4']]);
    expect(committed).toEqual([
      [
        { partition: 0, offset: '5' },
        { partition: 1, offset: '4' },
      ],
    ]);
    expect(resolved).toEqual(['0:4', '1:3']);
    expect(pump.isBusy).toBe(false);
  });

  it('commits nothing before the reader has taken it, however often it fails', async () => {
    failures = 3;
    const commitsBefore: number[] = [];
    before = () => {
      commitsBefore.push(committed.length);
      return Promise.resolve();
    };
    await pump.take(payload(0, 1));
    expect(commitsBefore).toEqual([0, 0, 0, 0]);
    expect(pauses).toEqual([100, 200, 400]);
    expect(counts.snapshot()).toMatchObject({ consumed: 1, retried: 3 });
  });

  it('never calls twice at once when other partitions come in meanwhile', async () => {
    let finish: () => void = () => undefined;
    before = () => new Promise((resolve) => (finish = resolve));
    const first = pump.take(payload(0, 1));
    await until(() => batches.length === 1);
    const second = pump.take(payload(1, 2));
    await turns(10);
    expect(batches).toHaveLength(1);
    before = () => Promise.resolve();
    finish();
    await Promise.all([first, second]);
    expect(batches).toEqual([['a:0#1'], ['a:1#2']]);
  });

  it('gives signs of life while the reader works and while it rests', async () => {
    before = () => until(() => heartbeats >= 3);
    failures = 1;
    pause = () => until(() => heartbeats >= 6);
    await pump.take(payload(0, 1));
    expect(heartbeats).toBeGreaterThanOrEqual(6);
  });

  it('gives up a batch that fails, and hands the reason back, when the group changes', async () => {
    failures = Infinity;
    pause = (_ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    const taking = pump.take(payload(0, 1)).catch((error: unknown) => error);
    await until(() => pauses.length === 1);
    fault = REBALANCING;
    expect(await taking).toBe(REBALANCING);
    expect(committed).toEqual([]);
  });

  it('finishes and commits the call under way when the group changes, and leaves the rest', async () => {
    let finish: () => void = () => undefined;
    before = () => new Promise((resolve) => (finish = resolve));
    const first = pump.take(payload(0, 1));
    await until(() => batches.length === 1);
    const second = pump.take(payload(1, 2)).catch((error: unknown) => error);
    fault = REBALANCING;
    const beats = heartbeats;
    await until(() => heartbeats > beats);
    await turns(2);
    finish();
    await first;
    expect(await second).toBe(REBALANCING);
    expect(committed).toEqual([[{ partition: 0, offset: '2' }]]);
    expect(batches).toEqual([['a:0#1']]);
  });

  it('lets duplicates pass without a call', async () => {
    await pump.take(payload(0, 1, 2));
    await pump.take(payload(0, 1, 2));
    expect(batches).toHaveLength(1);
    expect(committed).toHaveLength(2);
    expect(counts.snapshot()).toMatchObject({ consumed: 2, duplicates: 2 });
  });

  it('lets nothing of a place that was left come in', async () => {
    isStale = true;
    await pump.take(payload(0, 1));
    expect(batches).toEqual([]);
    expect(resolved).toEqual([]);
  });

  it('stops after the call under way, with its commit and nothing more', async () => {
    let finish: () => void = () => undefined;
    before = () => new Promise((resolve) => (finish = resolve));
    const taking = pump.take(payload(0, 1));
    await until(() => batches.length === 1);
    const late = pump.take(payload(1, 2));
    const stopping = pump.stop();
    finish();
    await Promise.all([taking, late, stopping, pump.take(payload(2, 3))]);
    expect(committed).toEqual([[{ partition: 0, offset: '2' }]]);
    expect(resolved).toEqual(['0:1']);
    expect(batches).toHaveLength(1);
  });
});
