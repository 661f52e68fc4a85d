import type { Client, Subscription } from 'aedes';

import type { Clients, Identity } from './clients.js';
import type { BrokerLimits } from './limits.js';
import type { Refusals } from './refusals.js';
import type { TopicRights } from './topic-rights.js';

type Authorized = (error: Error | null, subscription?: Subscription | null) => void;

/** Decides who receives what. */
export class Subscribing {
  readonly #clients: Clients;
  readonly #rights: TopicRights;
  readonly #refusals: Refusals;
  readonly #limits: BrokerLimits;

  constructor(clients: Clients, rights: TopicRights, refusals: Refusals, limits: BrokerLimits) {
    this.#clients = clients;
    this.#rights = rights;
    this.#refusals = refusals;
    this.#limits = limits;
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

  mayReceive(client: Client, topic: string): boolean {
    const identity = this.#clients.identityOf(client);
    return identity !== undefined && (identity.isReceiver || this.#rights.mayReceive(topic, identity));
  }

  #refusal(identity: Identity, filter: string): string | undefined {
    const { filters } = identity;
    if (!filters.has(filter) && filters.size >= this.#limits.subscriptionsPerClient) {
      return `a client has ${this.#limits.subscriptionsPerClient} subscriptions at most`;
    }
    return this.#rights.subscribe(filter, identity);
  }
}
