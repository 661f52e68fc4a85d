import { setTimeout as delay } from 'node:timers/promises';

import { MessageUnacceptable } from '@gemel/application/ports';
import type { InboundHandler } from '@gemel/application/ports';
import { Load, Portion, decided, sourcesByAddress } from '@gemel/connector-parts';
import type { AddressedSource } from '@gemel/connector-parts';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';

import type { KafkaType } from './kafka-client.js';
import { hasExpired, headersOf } from './kafka-headers.js';
import type { KafkaConnectorOptions } from './kafka-options.js';
import { Offsets } from './offsets.js';
import type { PartitionBook } from './partition-book.js';
import type { Partition, Place } from './starting-offsets.js';

export interface OwnConsumption {
  /** Which of the connection's consumers it is, from 0: it takes part where a source wants more than that. */
  readonly index: number;
  /** A message could be handled. */
  readonly onSuccess: () => void;
}

/** Records of one partition, before those of others have their turn. */
const TAKEN_IN_A_ROW = 50;

/** Of what a record is taken. */
interface Taken {
  readonly topic: string;
  readonly partition: number;
  readonly book: PartitionBook;
}

/** What one consumer of a connection consumes, over all its sessions. */
export class Consumption {
  readonly #sources: ReadonlyMap<string, AddressedSource>;
  readonly #load: Load;
  readonly #portion = new Portion();
  readonly #offsets: Offsets;
  #isClosing = false;

  constructor(
    connection: KafkaType,
    private readonly handler: InboundHandler,
    private readonly options: KafkaConnectorOptions,
    private readonly own: OwnConsumption,
  ) {
    this.#load = new Load(options);
    this.#offsets = new Offsets(options.commitIntervalMs);
    const all = [...sourcesByAddress(connection)];
    this.#sources = new Map(all.filter(([, { source }]) => source.consumerCount > own.index));
  }

  get topics(): readonly string[] {
    return [...this.#sources.keys()];
  }

  /** A session's consumer has got these partitions, until the next call. */
  joined(consumer: Consumer, assigned: Readonly<Record<string, readonly number[]>>): void {
    this.#offsets.assigned(consumer, assigned);
  }

  /**
   * Gives a place to partitions of which the group has committed nothing: nothing is missed that comes from then on.
   * False when that could not be committed now. @throws what `find` throws
   */
  async placed(find: (partitions: readonly Partition[]) => Promise<readonly Place[]>): Promise<boolean> {
    const unplaced = this.#offsets.unplaced();
    if (unplaced.length > 0) for (const place of await find(unplaced)) this.#offsets.place(place);
    await this.#offsets.commit();
    return this.#offsets.isPlaced;
  }

  lost(): void {
    this.#offsets.lost();
  }

  /** Resolves when the batch is taken, not when it is handled. Rejects when the group changes. */
  async take(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    let book = this.#offsets.bookOf(topic, partition);
    const rewinds = book?.rewinds;
    let last: string | undefined;
    let row = 0;
    try {
      for (const message of messages) {
        // Partitions take turns: the more things what is under way is about, the more of it goes together in one commit.
        const isFirst = row++ % TAKEN_IN_A_ROW === 0;
        if (isFirst && row > 1) await decided();
        if (isFirst || this.#portion.isFull || this.#load.isFull) {
          while (this.#portion.isFull) await this.#portion.next();
          while (this.#load.isFull) await this.#room(payload);
          // Without a pause nobody else can have changed it.
          book = this.#offsets.bookOf(topic, partition);
          const isOver = this.#isClosing || !payload.isRunning() || payload.isStale() || book?.rewinds !== rewinds;
          if (isOver) return;
        }
        this.#portion.add();
        if (book !== undefined) this.#takeOne({ topic, partition, book }, message);
        last = message.offset;
      }
    } finally {
      const isRewound = this.#offsets.bookOf(topic, partition)?.rewinds !== rewinds;
      if (last !== undefined && !isRewound) payload.resolveOffset(last);
    }
  }

  /** Resolves when there may be room, and from time to time: nobody who waits may be taken for gone. */
  async #room(payload: EachBatchPayload): Promise<void> {
    await new Promise<void>((resolve) => {
      const heartbeat = setTimeout(resolve, this.options.sessionTimeoutMs / 4);
      void this.#load.room().then(() => {
        clearTimeout(heartbeat);
        resolve();
      });
    });
    await payload.heartbeat();
  }

  /** Takes nothing more; resolves when nothing is under way and what was handled is committed. */
  async drain(): Promise<void> {
    this.#isClosing = true;
    await this.#load.drained();
    await this.#offsets.commit();
  }

  #takeOne({ topic, partition, book }: Taken, message: KafkaMessage): void {
    const found = this.#sources.get(topic);
    const record = book.take(Number(message.offset));
    if (found === undefined || record === undefined) return;
    const settled = (state: 'handled' | 'rejected'): void => {
      const rewindTo = book.settle(record, state);
      this.#offsets.changed();
      if (rewindTo !== undefined) void this.#rewind(topic, partition, rewindTo);
    };
    // At most once: it is gone whatever becomes of it.
    if (found.source.qos === 0) settled('handled');
    void this.#handle(topic, message, found).then((state) => {
      if (found.source.qos > 0) settled(state);
    });
  }

  async #handle(
    topic: string,
    message: KafkaMessage,
    { source, index }: AddressedSource,
  ): Promise<'handled' | 'rejected'> {
    const headers = headersOf(topic, message);
    const payload = message.value ?? Buffer.alloc(0);
    if (hasExpired(headers, this.options.now())) return 'handled';
    this.#load.add(payload.length);
    try {
      await this.handler({ address: topic, payload, subjects: source.subjects, headers, source: index });
      this.own.onSuccess();
      return 'handled';
    } catch (error) {
      return error instanceof MessageUnacceptable ? 'handled' : 'rejected';
    } finally {
      this.#load.remove(payload.length);
    }
  }

  async #rewind(topic: string, partition: number, offset: number): Promise<void> {
    await delay(this.options.redeliveryPauseMs);
    this.#offsets.bookOf(topic, partition)?.rewound();
    this.#offsets.consumer?.seek({ topic, partition, offset: String(offset) });
  }
}
