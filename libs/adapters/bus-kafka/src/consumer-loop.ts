import type { Logger } from '@gemel/application/ports';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { createConsumer } from './clients.js';
import type { KafkaCounts } from './counters.js';
import { BackOff, KafkaUnavailable, orAborted, pauseOfNode, withDeadline } from './deadline.js';
import type { KafkaOptions } from './kafka-options.js';

/** More partitions than that are handled one fetch later. */
const PARTITIONS_AT_ONCE = 100;
const CLOSE_MS = 10_000;
const LOOK_MS = 5_000;
/** Without a fetch, nor work of ours, for so long a consumer hangs. */
const HANGS_AFTER_MS = 30_000;

/** What a consumer is for. */
export interface Consumption {
  readonly groupId: string;
  /** For logs. */
  readonly name: string;
  readonly isBusy: boolean;
  /** Before each consumer; a rejection is tried again. */
  prepare(): Promise<void>;
  /** The partitions are this process's until the next call. A rejection ends the consumer. */
  joined(consumer: Consumer, partitions: readonly number[]): Promise<void>;
  take(payload: EachBatchPayload): Promise<void>;
}

export interface LoopParts {
  readonly options: KafkaOptions;
  readonly counts: KafkaCounts;
}

/** Keeps a consumer running: whatever ends one, the next is started after a pause. */
export class ConsumerLoop {
  readonly #stopped = new AbortController();
  readonly #backOff = new BackOff();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly consumption: Consumption,
    private readonly parts: LoopParts,
  ) {}

  start(): void {
    this.#running = this.#run();
  }

  /** Leaves the group. What the consumption has under way must be over, or end soon. */
  stop(): Promise<void> {
    this.#stopped.abort();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    const { name } = this.consumption;
    let hasWarned = false;
    while (!this.#isStopped()) {
      try {
        await orAborted(this.consumption.prepare(), signal);
        if (this.#isStopped()) return;
        await this.#consume(() => {
          if (hasWarned) this.#log.info({ groupId: this.consumption.groupId, reader: name }, 'reads from Kafka again');
          hasWarned = false;
          this.#backOff.reset();
        });
      } catch (error) {
        const fields = { error, groupId: this.consumption.groupId, reader: name };
        if (hasWarned) this.#log.debug(fields, 'still cannot read from Kafka');
        else this.#log.warn(fields, 'cannot read from Kafka; starts again');
        hasWarned = true;
        this.parts.counts.count('reconnects');
        await pauseOfNode(this.#backOff.next(), signal);
      }
    }
  }

  /** Until stopped; rejects with what ended the consumer otherwise. */
  async #consume(joined: () => void): Promise<void> {
    const { options } = this.parts;
    const consumer = createConsumer(options, this.consumption.groupId);
    let end: (error: unknown) => void = () => undefined;
    const ended = new Promise<void>((_, reject) => (end = reject));
    // It may end before anybody waits for it.
    ended.catch(() => undefined);
    const watching = this.#watch(consumer, end);
    consumer.on('consumer.group_join', ({ payload }) => {
      joined();
      this.consumption.joined(consumer, payload.memberAssignment[options.topic] ?? []).catch(end);
    });
    const { signal } = this.#stopped;
    try {
      await orAborted(this.#join(consumer), signal);
      await orAborted(ended, signal);
    } finally {
      clearInterval(watching);
      await this.#close(consumer);
    }
  }

  async #join(consumer: Consumer): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [this.parts.options.topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.consumption.take(payload),
    });
  }

  /** Calls back when the consumer has ended, or hangs: kafkajs is known to wait for an answer that was lost. */
  #watch(consumer: Consumer, end: (error: unknown) => void): NodeJS.Timeout {
    let lastSign = performance.now();
    const alive = () => (lastSign = performance.now());
    for (const event of ['consumer.fetch', 'consumer.heartbeat', 'consumer.group_join'] as const) {
      consumer.on(event, alive);
    }
    consumer.on('consumer.crash', ({ payload }) => {
      end(payload.error);
    });
    return setInterval(() => {
      if (this.consumption.isBusy) alive();
      else if (performance.now() - lastSign > HANGS_AFTER_MS) end(new KafkaUnavailable('a consumer hangs'));
    }, LOOK_MS);
  }

  async #close(consumer: Consumer): Promise<void> {
    try {
      await withDeadline(consumer.disconnect(), CLOSE_MS, 'leaving a group');
    } catch (error) {
      this.#log.debug({ error, groupId: this.consumption.groupId }, 'could not leave a group; it notices by itself');
    }
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  get #log(): Logger {
    return this.parts.options.log;
  }
}
