import type { RecordedEvent } from './event-log.js';

/** Carries committed events to other processes. */
export interface EventBus {
  /**
   * Resolves when the bus holds all of them durably; what follows is then behind them. Events of one entity keep their
   * order. After a rejection any of them may be on the bus: whoever receives events drops those it has seen, by
   * revision or position.
   */
  publish(events: readonly RecordedEvent[]): Promise<void>;
}
