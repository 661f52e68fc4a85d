import type { EventReader } from '@gemel/application/ports';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { AdminConnection } from './admin-connection.js';
import { BatchPump } from './batch-pump.js';
import { heartbeatMsOf } from './clients.js';
import { ConsumerLoop } from './consumer-loop.js';
import type { Consumption, LoopParts } from './consumer-loop.js';
import { pauseOfNode } from './deadline.js';
import { Deliveries } from './delivery.js';
import type { ParsedMessages } from './parsed-messages.js';
import type { TopicGate } from './topic-gate.js';

const ANSWER_MS = 10_000;
/** Of a group that never committed anything for a partition. */
const NO_OFFSET = '-1';

export interface FeedParts extends LoopParts {
  readonly admin: AdminConnection;
  readonly gate: TopicGate;
  readonly parsed: ParsedMessages;
}

/** One reader's part in its group. */
export class GroupReader implements Consumption {
  readonly #pump: BatchPump;
  readonly #loop: ConsumerLoop;
  /** Nothing is handled before it is known where to begin. */
  #placed: Promise<void> = Promise.resolve();

  constructor(
    private readonly reader: EventReader,
    readonly groupId: string,
    private readonly parts: FeedParts,
  ) {
    const { options, counts, parsed } = parts;
    this.#pump = new BatchPump(reader, {
      log: options.log,
      counts,
      deliveries: new Deliveries(options.log, counts, parsed),
      heartbeatMs: heartbeatMsOf(options),
      pause: options.pause ?? pauseOfNode,
    });
    this.#loop = new ConsumerLoop(this, parts);
  }

  get name(): string {
    return this.reader.name;
  }

  get isBusy(): boolean {
    return this.#pump.isBusy;
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    // The consumer stays in the group until the call under way is over and committed.
    await this.#pump.stop();
    await this.#loop.stop();
  }

  prepare(): Promise<void> {
    return this.parts.gate.passed();
  }

  joined(consumer: Consumer, partitions: readonly number[]): Promise<void> {
    if (this.reader.startsAt !== 'end') {
      return Promise.resolve(this.reader.placed?.());
    }
    const placing = this.#place(consumer, partitions);
    this.#placed = placing;
    return placing.catch((error: unknown) => {
      // The group has changed meanwhile, and this is done again.
      if (this.#placed !== placing) return;
      throw error;
    });
  }

  async take(payload: EachBatchPayload): Promise<void> {
    await this.#placed;
    await this.#pump.take(payload);
  }

  /**
   * Fixes the end of the topic as the beginning of a group that nobody has seen before: from then on nothing is missed.
   * Whoever comes first commits for all partitions; a partition that is added to the topic later is read from its
   * beginning.
   */
  async #place(consumer: Consumer, partitions: readonly number[]): Promise<void> {
    const { admin, options } = this.parts;
    const { topic } = options;
    const { groupId } = this;
    const known = await admin.ask((asked) => asked.fetchOffsets({ groupId, topics: [topic] }), ANSWER_MS);
    let offsets = known.flatMap((group) => group.partitions).filter(({ offset }) => offset !== NO_OFFSET);
    if (offsets.length === 0) {
      offsets = await admin.ask(async (asked) => {
        const ends = await asked.fetchTopicOffsets(topic);
        return ends.map(({ partition, high }) => ({ partition, offset: high, metadata: null }));
      }, ANSWER_MS);
      await consumer.commitOffsets(offsets.map(({ partition, offset }) => ({ topic, partition, offset })));
      options.log.info({ groupId }, 'a reader begins at the end of the topic');
    }
    for (const { partition, offset } of offsets) {
      if (partitions.includes(partition)) consumer.seek({ topic, partition, offset });
    }
    await this.reader.placed?.();
  }
}
