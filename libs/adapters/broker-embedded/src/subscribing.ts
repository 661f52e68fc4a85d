import type { Client, Subscription } from 'aedes';

import type { Clients, Identity } from './clients.js';
import type { BrokerCounts } from './counters.js';
import type { BrokerLimits } from './limits.js';
import type { Refusals } from './refusals.js';
import type { TopicRights } from './topic-rights.js';

type Authorized = (error: Error | null, subscription?: Subscription | null) => void;

interface Parts {
  readonly clients: Clients;
  readonly rights: TopicRights;
  readonly refusals: Refusals;
  readonly limits: BrokerLimits;
  readonly counts: BrokerCounts;
}

/** Decides who receives what. */
export class Subscribing {
  readonly #clients: Clients;
  readonly #rights: TopicRights;
  readonly #refusals: Refusals;
  readonly #limits: BrokerLimits;
  readonly #counts: BrokerCounts;

  constructor({ clients, rights, refusals, limits, counts }: Parts) {
    this.#clients = clients;
    this.#rights = rights;
    this.#refusals = refusals;
    this.#limits = limits;
    this.#counts = counts;
  }

  /** A refused subscription is answered with the failure code [MQTT-3.9.3-2], the others of the packet stand. */
  authorize(client: Client, subscription: Subscription, done: Authorized): void {
    const identity = this.#clients.identityOf(client);
    if (identity === undefined) {
      done(new Error('the subscriber is unknown'));
      return;
    }
    const refusal = this.#refusal(identity, subscription.topic);
    if (refusal === undefined) {
      identity.filters.add(subscription.topic);
      this.#clients.subscriptionsChanged(client, identity.filters.size);
      done(null, subscription);
    } else {
      this.#refusals.subscribe(identity.username, subscription.topic, refusal);
      done(null, null);
    }
  }

  unsubscribed(client: Client, filters: readonly string[]): void {
    const identity = this.#clients.identityOf(client);
    if (identity === undefined) return;
    for (const filter of filters) identity.filters.delete(filter);
    this.#clients.subscriptionsChanged(client, identity.filters.size);
  }

  /** Asked for every message that is about to be handed to a connected client. */
  mayReceive(client: Client, topic: string): boolean {
    const identity = this.#clients.identityOf(client);
    const may = identity !== undefined && (identity.isReceiver || this.#rights.mayReceive(topic, identity));
    if (may) this.#counts.count('sent');
    return may;
  }

  #refusal(identity: Identity, filter: string): string | undefined {
    const { filters } = identity;
    if (!filters.has(filter) && filters.size >= this.#limits.subscriptionsPerClient) {
      return `a client has ${this.#limits.subscriptionsPerClient} subscriptions at most`;
    }
    return this.#rights.subscribe(filter, identity);
  }
}
