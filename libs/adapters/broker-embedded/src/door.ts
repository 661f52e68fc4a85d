import type { Duplex } from 'node:stream';

import type { Logger } from '@gemel/application/ports';
import type { Aedes, Client } from 'aedes';

import { boundWrites } from './bounded-writes.js';
import type { Clients } from './clients.js';
import type { BrokerCounts } from './counters.js';
import type { BrokerLimits } from './limits.js';
import type { ReadGates } from './read-gate.js';

/** Longest packet, in bytes, from someone who has not yet proved who they are. */
const UNKNOWN_PACKET_BYTES = 65_536;

interface Parts {
  readonly limits: BrokerLimits;
  readonly gates: ReadGates;
  readonly counts: BrokerCounts;
  readonly log: Logger;
}

/** Lets connections in, bounded in both directions, and notes who comes and goes. */
export class Door {
  readonly #aedes: Aedes;
  readonly #clients: Clients;
  readonly #parts: Parts;

  constructor(aedes: Aedes, clients: Clients, parts: Parts) {
    this.#aedes = aedes;
    this.#clients = clients;
    this.#parts = parts;
    this.#watch();
  }

  admit(connection: Duplex): void {
    const { limits, gates, counts, log } = this.#parts;
    const gate = gates.gate(connection);
    boundWrites(connection, limits.subscriberBytes, () => {
      counts.count('slowSubscribers');
      log.warn(
        { clientId: client.id, bytes: limits.subscriberBytes },
        'closed an MQTT client that does not take its messages',
      );
    });
    const client = this.#aedes.handle(connection);
    this.#clients.opened(client, gate);
    // After aedes' own listener: what it has parsed by now tells the length of the packet that is not complete.
    connection.on('readable', () => {
      const limit = client.connected ? limits.packetBytes : UNKNOWN_PACKET_BYTES;
      const length = parsePendingLength(client);
      if (length > limit) connection.destroy(new Error(`a packet of ${length} bytes is too large`));
    });
  }

  #watch(): void {
    const { counts, log } = this.#parts;
    const failed = (client: Client, error: Error): void => {
      counts.count('protocolErrors');
      log.debug({ clientId: client.id, reason: error.message }, 'closed an MQTT connection');
    };
    this.#aedes.on('client', (client) => {
      counts.count('connected');
      this.#clients.registered(client);
      log.debug({ clientId: client.id }, 'MQTT client connected');
    });
    this.#aedes.on('clientDisconnect', (client) => {
      this.#clients.disconnected(client);
      log.debug({ clientId: client.id }, 'MQTT client disconnected');
    });
    this.#aedes.on('clientError', failed);
    this.#aedes.on('connectionError', failed);
  }
}

/** Bytes of the packet that aedes' parser waits to complete; 0 when it waits for none. Its fields are not in aedes' types. */
function parsePendingLength(client: Client): number {
  const { _parser: parser } = client as Client & { _parser?: { packet?: { length?: number } } };
  return parser?.packet?.length ?? 0;
}
