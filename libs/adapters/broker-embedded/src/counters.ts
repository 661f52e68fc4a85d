import type { Aedes } from 'aedes';

import type { ReadGates } from './read-gate.js';
import type { Sessions } from './sessions.js';

/** Since the broker was opened, except where it says now. */
export interface BrokerCounters {
  /** Now. */
  readonly clients: number;
  readonly connected: number;
  /** Wrong user or password, too many clients, a client id that is another user's, … */
  readonly connectionsRefused: number;
  readonly published: number;
  /** Messages handed to connected clients. */
  readonly sent: number;
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
  /** Clients whose sessions are kept while they are away, now. */
  readonly clientsAway: number;
  /** Of connected clients and of kept sessions, now. */
  readonly subscriptions: number;
}

type Count =
  | 'connected'
  | 'connectionsRefused'
  | 'published'
  | 'sent'
  | 'publishesRefused'
  | 'subscriptionsRefused'
  | 'slowSubscribers'
  | 'protocolErrors';

/** Those that know how many there are now. */
interface Counted {
  readonly aedes: Pick<Aedes, 'connectedClients'>;
  readonly gates: Pick<ReadGates, 'messages'>;
  readonly clients: { readonly subscriptions: number };
  readonly sessions: Pick<Sessions, 'dropped' | 'counts' | 'away'>;
}

export class BrokerCounts {
  readonly #counts: Record<Count, number> = {
    connected: 0,
    connectionsRefused: 0,
    published: 0,
    sent: 0,
    publishesRefused: 0,
    subscriptionsRefused: 0,
    slowSubscribers: 0,
    protocolErrors: 0,
  };

  count(what: Count): void {
    this.#counts[what]++;
  }

  snapshot({ aedes, gates, clients, sessions: { dropped, counts, away } }: Counted): BrokerCounters {
    return {
      ...{ ...this.#counts, clients: aedes.connectedClients, inFlight: gates.messages, dropped, ...counts },
      clientsAway: away.clients,
      subscriptions: clients.subscriptions + away.subscriptions,
    };
  }
}
