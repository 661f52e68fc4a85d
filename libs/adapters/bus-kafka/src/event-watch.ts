import { randomUUID } from 'node:crypto';
import type { Position, RecordedEvent, Subscription } from '@gemel/application/ports';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { ConsumerLoop } from './consumer-loop.js';
import type { Consumption } from './consumer-loop.js';
import { pauseOfNode } from './deadline.js';
import { Deliveries } from './delivery.js';
import type { FeedParts } from './group-reader.js';
import type { Arrival } from './partition-book.js';

const ANSWER_MS = 10_000;
/** Between two fetches while nobody listens: Kafka answers each as soon as there is anything. Who comes then need not wait. */
const UNHEARD_MS = 50;

/**
 * Shows every event to all listeners of this process, by one consumer in a group of its own that commits nothing: where
 * it is, only this process needs to know. It begins at the end of the topic as it was when opened; if Kafka was away
 * then, at the messages that were sent since, as far as the clocks agree.
 */
export class EventWatch implements Consumption {
  readonly name = 'watch';
  readonly isBusy = false;
  /** Another one for each consumer: a group would wait for the member that Kafka has not given up yet. */
  groupId = '';
  readonly #listeners = new Set<(recorded: RecordedEvent) => void>();
  readonly #loop: ConsumerLoop;
  readonly #deliveries: Deliveries;
  readonly #openedAt = Date.now();
  /** Next offset of each partition; a partition that is added later begins at 0. */
  #next: Map<number, string> | undefined;
  readonly #seen = new Map<number, Position>();
  #heard = new AbortController();
  /** Of all partitions that a fetch brought, while nobody listens. */
  #pause: Promise<void> | undefined;

  constructor(
    private readonly groupPrefix: string,
    private readonly parts: FeedParts,
  ) {
    this.#deliveries = new Deliveries(parts.options.log, parts.counts, parts.parsed);
    this.#loop = new ConsumerLoop(this, parts);
  }

  /** Kafka is there: begins at the end of the topic, exactly. */
  async openNow(): Promise<void> {
    const { admin, options } = this.parts;
    try {
      const ends = await admin.ask((asked) => asked.fetchTopicOffsets(options.topic), ANSWER_MS);
      this.#next = new Map(ends.map(({ partition, high }) => [partition, high]));
    } catch (error) {
      options.log.debug({ error }, 'the end of the topic is not known yet');
    }
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    this.#listeners.clear();
    this.#heard.abort();
    return this.#loop.stop();
  }

  add(listener: (recorded: RecordedEvent) => void): Subscription {
    // So that the same function may be added twice, and each end its own.
    const own = (recorded: RecordedEvent) => {
      listener(recorded);
    };
    this.#listeners.add(own);
    this.#heard.abort();
    return {
      stop: () => {
        this.#listeners.delete(own);
        if (this.#listeners.size === 0) this.#heard = new AbortController();
        return Promise.resolve();
      },
    };
  }

  async prepare(): Promise<void> {
    const { admin, gate, options } = this.parts;
    this.groupId = `${this.groupPrefix}.watch.${randomUUID()}`;
    await gate.passed();
    if (this.#next !== undefined) return;
    const offsets = await admin.ask(
      (asked) => asked.fetchTopicOffsetsByTimestamp(options.topic, this.#openedAt),
      ANSWER_MS,
    );
    this.#next = new Map(offsets.map(({ partition, offset }) => [partition, offset]));
  }

  /** In the turn in which kafkajs joins, before it fetches: it knows no committed offset and would skip some. */
  joined(consumer: Consumer, partitions: readonly number[]): Promise<void> {
    const { topic } = this.parts.options;
    for (const partition of partitions) {
      consumer.seek({ topic, partition, offset: this.#next?.get(partition) ?? '0' });
    }
    return Promise.resolve();
  }

  async take(payload: EachBatchPayload): Promise<void> {
    if (payload.isStale()) return;
    const { partition, events, lastOffset } = this.#arrived(payload);
    for (const { recorded } of events) {
      if (recorded.position <= (this.#seen.get(partition) ?? 0)) this.parts.counts.count('duplicates');
      else {
        this.#seen.set(partition, recorded.position);
        this.#show(recorded);
      }
    }
    this.#next?.set(partition, String(BigInt(lastOffset) + 1n));
    payload.resolveOffset(lastOffset);
    if (this.#listeners.size === 0) await (this.#pause ??= this.#unheard());
  }

  async #unheard(): Promise<void> {
    await (this.parts.options.pause ?? pauseOfNode)(UNHEARD_MS, this.#heard.signal);
    this.#pause = undefined;
  }

  /** What nobody listens to is not looked into, as a rule. */
  #arrived(payload: EachBatchPayload): Arrival {
    if (this.#listeners.size > 0 || this.parts.options.isFollowed?.() === true) return this.#deliveries.read(payload);
    const { batch } = payload;
    return { partition: batch.partition, events: [], lastOffset: batch.lastOffset() };
  }

  #show(recorded: RecordedEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(recorded);
      } catch (error) {
        this.parts.options.log.error({ error, position: recorded.position }, 'a listener of events failed');
      }
    }
  }
}
