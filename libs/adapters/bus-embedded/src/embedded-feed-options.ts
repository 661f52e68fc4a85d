import type { EventLog, Logger, RecordedEvent } from '@gemel/application/ports';

export interface EmbeddedFeedOptions {
  readonly log: Pick<EventLog, 'read' | 'end'>;
  /** Calls with each commit's events, in log order. */
  readonly onCommit: (listener: (events: readonly RecordedEvent[]) => void) => () => void;
  readonly logger: Logger;
  /** Pause, in milliseconds, in which a busy log gathers its next batch. @default 100 */
  readonly longestGatherMs?: number;
  /** The same after however few events. Who comes after a pause does not wait. @default a millisecond for each event */
  readonly leastGatherMs?: number;
  /** Events that are expected in a pause at the most; a busier log makes it shorter. @default as many as are read at once */
  readonly mostGathered?: number;
  /** Resolves after the time, or when the signal aborts. @default timers of Node */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Resolves when others had their turn. @default the event loop of Node */
  readonly nextTurn?: () => Promise<void>;
}
