import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventReader, Logger, RecordedEvent } from '@gemel/application/ports';
import type { EachBatchPayload } from 'kafkajs';
import type { KafkaCounts } from './counters.js';
import { BackOff, pauseOfNode } from './deadline.js';
import type { Deliveries } from './delivery.js';
import { EMPTY_BOOK, arrive, forget, gather, settle } from './partition-book.js';
import type { GatheredBatch } from './partition-book.js';

const BATCH = 5_000;
/**
 * Pause after a batch that left nothing waiting: what comes in meanwhile is one batch again. A batch is a request to Kafka
 * and most often one to somebody else, however few events are in it.
 */
const GATHER_MS = 100;

export interface PumpParts {
  readonly log: Logger;
  readonly counts: KafkaCounts;
  readonly deliveries: Deliveries;
  readonly heartbeatMs: number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What kafkajs waits for: a partition's messages, until they are handled. */
interface Call {
  readonly payload: EachBatchPayload;
  finish(): void;
  fail(error: unknown): void;
}

/**
 * Hands one reader what comes from all its partitions, one batch at a time, and commits what was handled. While there is
 * work it gives the group signs of life, however long a handler or a pause takes; when the group does not want them any
 * more, it gives up what waits once the call under way is over. Outlives the consumers it is fed by.
 */
export class BatchPump {
  readonly #calls = new Map<number, Call>();
  readonly #stopped = new AbortController();
  #book = EMPTY_BOOK;
  #running: Promise<void> | undefined;
  /** Why the group cannot be a member's any more; a later sign of life may clear it. */
  #fault: { readonly error: unknown } | undefined;
  #interrupt = new AbortController();

  constructor(
    private readonly reader: EventReader,
    private readonly parts: PumpParts,
  ) {}

  get #largestBatch(): number {
    return Math.min(BATCH, this.reader.largestBatch ?? BATCH);
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when all of it is handled and committed, or when stopped; rejects with what kafkajs should act on. */
  take(payload: EachBatchPayload): Promise<void> {
    // Not before the call under way is over: kafkajs would bring the same again at once.
    if (this.#stopped.signal.aborted) return this.#running ?? Promise.resolve();
    if (!payload.isRunning() || payload.isStale()) return Promise.resolve();
    const { book, duplicates } = arrive(this.#book, this.parts.deliveries.read(payload));
    this.#book = book;
    this.parts.counts.count('duplicates', duplicates);
    const taken = new Promise<void>((finish, fail) => {
      this.#calls.set(payload.batch.partition, { payload, finish, fail });
    });
    this.#running ??= this.#run();
    return taken;
  }

  /** Resolves when no call of the reader is under way, and none will be. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#interrupt.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#fault = undefined;
    const beating = setInterval(() => void this.#beat(), this.parts.heartbeatMs);
    try {
      // A fetch brings all partitions in one turn.
      await nextTurn();
      while (this.#mayGoOn()) {
        const batch = gather(this.#book, this.#largestBatch);
        if (batch === undefined || !(await this.#bring(batch))) break;
      }
      this.#abandon();
    } catch (error) {
      this.#fault = { error };
      this.#abandon();
    } finally {
      clearInterval(beating);
      this.#running = undefined;
    }
  }

  /** False when the batch could not be handled here. */
  async #bring(batch: GatheredBatch): Promise<boolean> {
    if (batch.events.length > 0 && !(await this.#handle(batch.events))) return false;
    this.#book = settle(this.#book, batch);
    await this.#commit(batch);
    if (this.#book.waiting.length === 0 && batch.events.length < this.#largestBatch) await this.#gather();
    for (const { partition, isLast } of batch.parts) if (isLast) this.#finish(partition);
    return true;
  }

  /** Again and again until the reader takes the batch; false when the pump was stopped or lost the group meanwhile. */
  async #handle(events: readonly RecordedEvent[]): Promise<boolean> {
    const backOff = new BackOff();
    for (;;) {
      try {
        await this.reader.handle(events);
        this.parts.counts.count('consumed', events.length);
        // A reader that never waits would otherwise keep everybody else waiting while it catches up.
        await nextTurn();
        return true;
      } catch (error) {
        const pauseMs = backOff.next();
        const fields = { error, reader: this.reader.name, pauseMs };
        this.parts.log.warn(fields, 'a reader of events failed; it tries again');
        this.parts.counts.count('retried');
        await this.#rest(pauseMs, this.parts.pause);
        if (!this.#mayGoOn()) return false;
      }
    }
  }

  /** Lets the next batch come together. */
  async #gather(): Promise<void> {
    const wanted = Math.min(GATHER_MS, this.reader.patienceMs ?? Infinity);
    if (wanted > 0) await this.#rest(wanted, pauseOfNode);
  }

  async #commit({ parts }: GatheredBatch): Promise<void> {
    const [first] = this.#calls.values();
    if (first === undefined) return;
    const partitions = parts.map(({ partition, lastOffset }) => ({
      partition,
      offset: String(BigInt(lastOffset) + 1n),
    }));
    await first.payload.commitOffsetsIfNecessary({ topics: [{ topic: first.payload.batch.topic, partitions }] });
    for (const { partition, lastOffset } of parts) this.#calls.get(partition)?.payload.resolveOffset(lastOffset);
  }

  #finish(partition: number): void {
    const call = this.#calls.get(partition);
    this.#calls.delete(partition);
    call?.finish();
  }

  /** A group that changes waits for its members. */
  #mayGoOn(): boolean {
    return !this.#stopped.signal.aborted && this.#fault === undefined;
  }

  /** Gives back what waits. */
  #abandon(): void {
    this.#book = forget(this.#book);
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) {
      if (this.#fault === undefined) call.finish();
      else call.fail(this.#fault.error);
    }
  }

  async #beat(): Promise<void> {
    const [first] = this.#calls;
    if (first === undefined) return;
    const [partition, call] = first;
    const heard = await call.payload.heartbeat().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // What a former consumer hears late says nothing of this one.
    if (this.#calls.get(partition) !== call) return;
    this.#fault = heard;
    if (heard !== undefined) this.#interrupt.abort();
  }

  async #rest(ms: number, pause: PumpParts['pause']): Promise<void> {
    if (!this.#mayGoOn()) return;
    this.#interrupt = new AbortController();
    await pause(ms, this.#interrupt.signal);
  }
}
