import type { Consumer } from 'kafkajs';

import { PartitionBook } from './partition-book.js';
import type { Partition, Place } from './starting-offsets.js';

interface Kept {
  readonly topic: string;
  readonly partition: number;
  readonly book: PartitionBook;
  committed: number | undefined;
}

/** What of each assigned partition is settled, and tells Kafka. */
export class Offsets {
  /** Of the session that stands. */
  consumer: Consumer | undefined;
  #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;

  constructor(private readonly intervalMs: number) {}

  /** Books of partitions that are kept go on; those of others are closed. */
  assigned(consumer: Consumer, partitions: Readonly<Record<string, readonly number[]>>): void {
    const before = this.#kept;
    this.consumer = consumer;
    this.#kept = new Map(
      Object.entries(partitions).flatMap(([topic, numbers]) =>
        numbers.map((partition) => {
          const key = `${topic} ${partition}`;
          return [key, before.get(key) ?? { topic, partition, book: new PartitionBook(), committed: undefined }];
        }),
      ),
    );
    this.changed();
  }

  /** Partitions of which nothing is settled here yet. */
  unplaced(): readonly Partition[] {
    return [...this.#kept.values()].filter(({ book }) => book.position === undefined);
  }

  /** Begins there, in this session and, once that is committed, in those after it. */
  place({ topic, partition, offset }: Place): void {
    const book = this.bookOf(topic, partition);
    if (book === undefined || book.position !== undefined) return;
    book.position = offset;
    this.consumer?.seek({ topic, partition, offset: String(offset) });
  }

  /** Whether whoever reads on begins where it was placed, or behind. */
  get isPlaced(): boolean {
    return [...this.#kept.values()].every(
      ({ book, committed }) => book.position === undefined || committed !== undefined,
    );
  }

  lost(): void {
    this.consumer = undefined;
  }

  /** Undefined when the partition is somebody else's. */
  bookOf(topic: string, partition: number): PartitionBook | undefined {
    return this.#kept.get(`${topic} ${partition}`)?.book;
  }

  /** Commits soon. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.commit();
    }, this.intervalMs);
  }

  /** Commits what is settled; what cannot be committed now is with the next call. */
  async commit(): Promise<void> {
    await this.#committing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const due = [...this.#kept.values()].filter(({ book, committed }) => book.position !== committed);
    const { consumer } = this;
    if (due.length === 0 || consumer === undefined) return;
    this.#committing = this.#commit(consumer, due);
    await this.#committing;
    this.#committing = undefined;
  }

  async #commit(consumer: Consumer, due: readonly Kept[]): Promise<void> {
    const positions = due.map((kept) => ({ kept, position: kept.book.position }));
    try {
      await consumer.commitOffsets(
        positions.map(({ kept: { topic, partition }, position }) => ({ topic, partition, offset: String(position) })),
      );
      for (const { kept, position } of positions) kept.committed = position;
    } catch {
      // The group changes, or the session has ended: the next one commits.
    }
  }
}
