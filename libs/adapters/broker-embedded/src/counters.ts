import type { Sessions } from './sessions.js';

/** Since the broker was opened, except where it says now. */
export interface BrokerCounters {
  /** Now. */
  readonly clients: number;
  readonly connected: number;
  /** Wrong user or password, too many clients, a client id that is another user's, … */
  readonly connectionsRefused: number;
  readonly published: number;
  readonly publishesRefused: number;
  readonly subscriptionsRefused: number;
  /** Subscribers closed because they did not take their messages. */
  readonly slowSubscribers: number;
  /** Connections closed for what was sent on them. */
  readonly protocolErrors: number;
  /** Messages that found a session's queue, or the retained ones, full. */
  readonly dropped: number;
  /** Messages handed to `onMessage` and not settled, now. */
  readonly inFlight: number;
  /** Sessions kept, now; those of connected clients included. */
  readonly sessions: number;
  /** Messages that wait for their sessions' clients, now. */
  readonly queued: number;
  /** Retained messages, now. */
  readonly retained: number;
}

type Count =
  | 'connected'
  | 'connectionsRefused'
  | 'published'
  | 'publishesRefused'
  | 'subscriptionsRefused'
  | 'slowSubscribers'
  | 'protocolErrors';

export class BrokerCounts {
  readonly #counts: Record<Count, number> = {
    connected: 0,
    connectionsRefused: 0,
    published: 0,
    publishesRefused: 0,
    subscriptionsRefused: 0,
    slowSubscribers: 0,
    protocolErrors: 0,
  };

  count(what: Count): void {
    this.#counts[what]++;
  }

  snapshot(
    clients: number,
    inFlight: number,
    { dropped, counts }: Pick<Sessions, 'dropped' | 'counts'>,
  ): BrokerCounters {
    return { ...this.#counts, clients, inFlight, dropped, ...counts };
  }
}
