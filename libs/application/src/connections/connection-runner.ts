import type { Connection, ConnectionType } from '@gemel/model/connections';
import type { HeldLease, LeaseKeeper } from '../leases/index.js';
import type { Connector, Subscription } from '../ports/index.js';
import { connectionStatus } from './connection-status.js';
import type { ConnectionStatus } from './connection-status.js';
import { HeldConnection } from './held-connection.js';
import type { ConnectionCounters, HeldConnectionParts } from './held-connection.js';

export interface ConnectionRunnerParts extends HeldConnectionParts {
  readonly leases: Pick<LeaseKeeper, 'compete' | 'holder'>;
  /** Loads what opens connections of a type. */
  readonly connectors: (type: ConnectionType) => Promise<Connector>;
}

/** Runs connections: of all replicas that run the same one, exactly one has it open at a time. */
export class ConnectionRunner {
  readonly #running: { readonly connection: Connection; readonly competing: Subscription | undefined }[] = [];
  readonly #held = new Map<string, HeldConnection>();

  constructor(private readonly parts: ConnectionRunnerParts) {}

  /** Competes for each connection that should be open. */
  start(connections: readonly Connection[]): void {
    for (const connection of connections) {
      const competing =
        connection.status === 'closed'
          ? undefined
          : this.parts.leases.compete(`connection:${connection.id}`, {
              start: (lease) => this.#open(connection, lease),
            });
      this.#running.push({ connection, competing });
    }
  }

  /** Resolves when every connection held here is closed and given back. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(async ({ competing }) => competing?.stop()));
  }

  /** One for each connection. */
  status(): readonly ConnectionStatus[] {
    return this.#running.map(({ connection }) =>
      connectionStatus(connection, this.#held.get(connection.id)?.live(), this.parts.leases.holder),
    );
  }

  /** Of the connections that are held here, by their ids. */
  counters(): ReadonlyMap<string, ConnectionCounters> {
    return new Map([...this.#held].map(([id, held]) => [id, held.counters()]));
  }

  async #open(connection: Connection, lease: HeldLease): Promise<Subscription> {
    const held = new HeldConnection(connection, lease, this.parts);
    await held.start(await this.parts.connectors(connection.type));
    this.#held.set(connection.id, held);
    return {
      stop: async () => {
        try {
          await held.stop();
        } finally {
          this.#held.delete(connection.id);
        }
      },
    };
  }
}
