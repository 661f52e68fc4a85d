import { randomUUID } from 'node:crypto';
import type { LiveFrame } from '@gemel/application/ports';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { ConsumerLoop } from './consumer-loop.js';
import type { Consumption } from './consumer-loop.js';
import type { FeedParts } from './group-reader.js';
import { parseLiveMessage } from './live-codec.js';

const ANSWER_MS = 10_000;

/** Reads what other processes say, from the end of the topic each time it begins: what was missed is of no use any more. */
export class LiveWatch implements Consumption {
  readonly name = 'live';
  readonly isBusy = false;
  groupId = '';
  readonly #loop: ConsumerLoop;
  /** Of each partition where this consumer goes on: its group keeps none. */
  #positions = new Map<number, string>();

  constructor(
    private readonly parts: Omit<FeedParts, 'parsed'>,
    private readonly process: string,
    private readonly show: (frame: LiveFrame) => void,
  ) {
    this.#loop = new ConsumerLoop(this, parts);
  }

  /** Kafka is there: nothing that is said from here on is missed. */
  async openNow(): Promise<void> {
    try {
      await this.#findEnds();
    } catch (error) {
      this.parts.options.log.debug({ error }, 'the end of the live topic is not known yet');
    }
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Another group for each consumer: it would wait for the member that Kafka has not given up yet. */
  async prepare(): Promise<void> {
    const { gate, options } = this.parts;
    const isFirst = this.groupId === '';
    this.groupId = `${options.topic}.${randomUUID()}`;
    await gate.passed();
    if (!isFirst || this.#positions.size === 0) await this.#findEnds();
  }

  joined(consumer: Consumer, partitions: readonly number[]): Promise<void> {
    const { topic } = this.parts.options;
    for (const partition of partitions)
      consumer.seek({ topic, partition, offset: this.#positions.get(partition) ?? '0' });
    return Promise.resolve();
  }

  take(payload: EachBatchPayload): Promise<void> {
    if (payload.isStale()) return Promise.resolve();
    const { batch } = payload;
    for (const message of batch.messages) {
      const frame = parseLiveMessage(message, this.process);
      if (frame !== undefined) this.show(frame);
    }
    payload.resolveOffset(batch.lastOffset());
    this.#positions.set(batch.partition, String(BigInt(batch.lastOffset()) + 1n));
    return Promise.resolve();
  }

  async #findEnds(): Promise<void> {
    const { admin, options } = this.parts;
    const ends = await admin.ask((asked) => asked.fetchTopicOffsets(options.topic), ANSWER_MS);
    this.#positions = new Map(ends.map(({ partition, high }) => [partition, high]));
  }
}
