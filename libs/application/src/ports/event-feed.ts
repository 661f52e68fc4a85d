import type { Position, RecordedEvent } from './event-log.js';

/**
 * Someone who must see every event. Where it is, is kept by the feed, or by the reader itself with the effect of each
 * batch: a feed says which; the reader is written for both.
 */
export interface EventReader {
  /** Stable name, for logs and metrics. Between processes: those that follow under one name share the events. */
  readonly name: string;
  /**
   * Where a reader begins that has never been anywhere: a feed that keeps positions does not know the name, or
   * `position()` is 0. Once the feed has begun to keep a position, a crash before the first batch misses nothing.
   * @default beginning
   */
  readonly startsAt?: 'beginning' | 'end';
  /**
   * How long, in milliseconds, a feed may let events wait at the most so that more come at once; 0 for who passes them on
   * to somebody who waits. @default as long as the feed sees fit
   */
  readonly patienceMs?: number;
  /** Most events of a batch. @default as many as the feed sees fit */
  readonly largestBatch?: number;
  /**
   * Told, perhaps several times, that the feed knows where the reader is: from then on it misses nothing.
   * @param position of a feed that keeps none: a reader that began at the end stores it, or it would begin at another end
   */
  placed?(position?: Position): Promise<void> | void;
  /** The last position whose effect is stored; 0 at the beginning. Not asked by a feed that keeps positions. */
  position(): Promise<Position>;
  /**
   * Takes a batch in log order; across batches an entity's events are in order, and between processes no more than
   * that. At least once: after a crash or a rejection the same events come again.
   * Never called again before its promise has settled.
   */
  handle(events: readonly RecordedEvent[]): Promise<void>;
}

/** Brings committed events to those who read them, apart from the write path: a slow reader slows no write. */
export interface EventFeed {
  /** From the reader's position on, everything; a handler that rejects is tried again with back-off. */
  follow(reader: EventReader): Subscription;
  /**
   * Each event committed from now on, at most once; listeners must not throw nor block. In log order inside a process;
   * between processes in order per entity, and some that were committed shortly before may be among them.
   */
  watch(listener: (recorded: RecordedEvent) => void): Subscription;
}

export interface Subscription {
  /** Idempotent; resolves when no call is under way any more. */
  stop(): Promise<void>;
}
