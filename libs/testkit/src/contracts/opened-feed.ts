import type { EventFeed, EventLog, RecordedEvent } from '@gemel/application/ports';

/** A feed for one test, over an empty log. */
export interface OpenedFeed {
  readonly log: EventLog;
  readonly feed: EventFeed;
  /** Resolves when whoever watches has been shown everything that was appended before. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** A feed between processes for one test: a relay brings what is appended to the log. */
export interface OpenedSharedFeed extends OpenedFeed {
  /** Brings events once more, as a relay does that takes over. */
  repeat(events: readonly RecordedEvent[]): Promise<void>;
}

/** Waits before a retry: resolves after the time, or when the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** What differs between feeds. */
export interface FeedKind {
  /** Who keeps where a reader is. */
  readonly positions: 'reader' | 'feed';
  /** In which order events come, batches and what is watched. */
  readonly order: 'log' | 'entity';
  /** For one thing to happen. */
  readonly deadlineMs: number;
}

export const IN_PROCESS: FeedKind = { positions: 'reader', order: 'log', deadlineMs: 4_000 };
export const BETWEEN_PROCESSES: FeedKind = { positions: 'feed', order: 'entity', deadlineMs: 20_000 };

/** Expects exactly what is expected, in the order that the kind of feed promises. */
export function expectEvents(
  taken: readonly RecordedEvent[],
  expected: readonly RecordedEvent[],
  { order }: FeedKind,
): void {
  if (order === 'log') {
    expect(taken).toEqual(expected);
    return;
  }
  expect(taken.toSorted((a, b) => a.position - b.position)).toEqual(expected);
  const revisions = new Map<string, number>();
  for (const { event } of taken) {
    expect(event.revision).toBeGreaterThan(revisions.get(event.id) ?? 0);
    revisions.set(event.id, event.revision);
  }
}
