import type { Logger } from '@gemel/application/ports';

import type { BrokerCounts } from './counters.js';
import { Once } from './once.js';

/** What clients were not allowed to do: counted each time, logged once for each user, deed and reason. */
export class Refusals {
  readonly #log: Logger;
  readonly #counts: BrokerCounts;
  readonly #logged = new Once();

  constructor(log: Logger, counts: BrokerCounts) {
    this.#log = log;
    this.#counts = counts;
  }

  connection(username: string | undefined, clientId: string, reason: string): void {
    this.#counts.count('connectionsRefused');
    this.#warn(
      `connect ${username ?? ''} ${reason}`,
      { username, clientId: cut(clientId), reason },
      'refused an MQTT connection',
    );
  }

  publish(username: string, topic: string, reason: string): void {
    this.#counts.count('publishesRefused');
    this.#warn(
      `publish ${username} ${topic}`,
      { username, topic: cut(topic), reason },
      'dropped messages to an MQTT topic',
    );
  }

  subscribe(username: string, filter: string, reason: string): void {
    this.#counts.count('subscriptionsRefused');
    this.#warn(
      `subscribe ${username} ${filter}`,
      { username, filter: cut(filter), reason },
      'refused an MQTT subscription',
    );
  }

  #warn(key: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    if (this.#logged.isNew(cut(key))) this.#log.warn(fields, message);
  }
}

function cut(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
