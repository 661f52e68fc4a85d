import type { Position, RecordedEvent } from './event-log.js';

/** Someone who must see every event, keeps their own position and stores it with the effect of a batch. */
export interface EventReader {
  /** Stable name, for logs and metrics. */
  readonly name: string;
  /** Where a reader begins that has no position yet. @default 'beginning' */
  readonly startsAt?: 'beginning' | 'end';
  /** The last position whose effect is stored; 0 at the beginning. */
  position(): Promise<Position>;
  /**
   * Takes a batch in log order. At least once: after a crash or a rejection the same events come again.
   * Never called again before its promise has settled.
   */
  handle(events: readonly RecordedEvent[]): Promise<void>;
}

/** Brings committed events to those who read them, apart from the write path: a slow reader slows no write. */
export interface EventFeed {
  /** From the reader's position on, everything; a handler that rejects is tried again with back-off. */
  follow(reader: EventReader): Subscription;
  /** Each event committed from now on, in log order, at most once; listeners must not throw nor block. */
  watch(listener: (recorded: RecordedEvent) => void): Subscription;
}

export interface Subscription {
  /** Idempotent; resolves when no call is under way any more. */
  stop(): Promise<void>;
}
