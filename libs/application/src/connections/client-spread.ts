import { clientFor } from '@gemel/model/connections';
import type { OpenConnector, OutboundPublisher } from '../ports/index.js';

/**
 * The clients of one connection that this process has open. Where one of them reads the events for all, those of a thing go
 * through the same client, so that they keep their order.
 */
export class ClientSpread {
  readonly #open = new Map<number, OpenConnector>();

  constructor(private readonly count: number) {}

  opened(index: number, connector: OpenConnector): void {
    this.#open.set(index, connector);
  }

  closed(index: number): void {
    this.#open.delete(index);
  }

  /** @param own for what belongs to a client that is not open */
  publisher(own: OpenConnector): OutboundPublisher {
    if (this.count === 1) return own;
    return {
      publish: (message) => {
        const { group } = message;
        const client = group === undefined ? undefined : this.#open.get(clientFor(group, this.count));
        return (client?.status().state === 'open' ? client : own).publish(message);
      },
      hasReceivers: () => own.hasReceivers(),
    };
  }
}
