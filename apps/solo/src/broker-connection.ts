import { hostname } from 'node:os';
import { ConnectionMonitor, reportOf } from '@gemel/application/connections';
import type { FixedConnection } from '@gemel/application/connections';
import type {
  Clock,
  ConnectionReport,
  ConnectionStore,
  InboundHandler,
  OutboundPublisher,
} from '@gemel/application/ports';
import { parseConnection, parseConnectionId } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';
import type { Settings } from './config.js';

const ID = parseConnectionId('embedded-broker');

/** The embedded broker as operators see it among the connections: they watch it, and the settings rule it. */
class BrokerConnection implements FixedConnection {
  readonly id = ID;
  readonly definition: JsonObject;
  readonly since: number;
  readonly #monitor: ConnectionMonitor;
  readonly #sources: readonly string[];
  readonly #target: string;
  readonly #connection: Connection;
  #isOpen = false;

  /** @throws GemelError the settings make no connection */
  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    this.since = clock.now();
    this.#sources = settings.GEMEL_MQTT_SOURCES;
    this.#target = settings.GEMEL_MQTT_TARGET;
    this.definition = definitionOf(settings);
    this.#connection = parseConnection(this.definition);
    this.#monitor = new ConnectionMonitor(this.#connection, clock);
  }

  /** Follows what operators order, until the store is closed. */
  follow(store: ConnectionStore): void {
    store.onChange(() => {
      void store.connectionOrders().then((orders) => this.#monitor.follow(orders.get(ID) ?? {}));
    });
  }

  opened(): void {
    this.#isOpen = true;
    this.#monitor.connection('The broker listens.', 'success');
  }

  /** Counts what devices send. */
  watchInbound(handle: InboundHandler): InboundHandler {
    const [address = ''] = this.#sources;
    return async (message) => {
      this.#monitor.inbound(address, 'consumed', undefined);
      try {
        await handle(message);
        this.#monitor.inbound(address, 'acknowledged', undefined);
      } catch (error) {
        this.#monitor.inbound(address, 'acknowledged', reasonOf(error));
        throw error;
      }
    };
  }

  /** Counts what goes out to them. */
  watchOutbound(publisher: OutboundPublisher): OutboundPublisher {
    return {
      hasReceivers: () => publisher.hasReceivers(),
      publish: async (message) => {
        try {
          const outcome = await publisher.publish(message);
          this.#monitor.outbound(this.#target, 'published', undefined);
          return outcome;
        } catch (error) {
          this.#monitor.outbound(this.#target, 'published', reasonOf(error));
          throw error;
        }
      },
    };
  }

  report(): ConnectionReport {
    const live = {
      status: this.#isOpen
        ? ({ state: 'open', detail: 'It listens.' } as const)
        : ({ state: 'closed', detail: 'It has ended.' } as const),
      since: this.since,
      hindrances: [],
    };
    return reportOf({
      client: 0,
      connection: this.#connection,
      revision: 1,
      live,
      monitor: this.#monitor,
      instance: hostname(),
      now: this.clock.now(),
    });
  }
}

/** Undefined when nothing comes in and nothing goes out, or under topics that no connection could have. */
export function brokerConnection(settings: Settings, clock: Clock): BrokerConnection | undefined {
  try {
    return new BrokerConnection(settings, clock);
  } catch (error) {
    if (error instanceof GemelError) return undefined;
    throw error;
  }
}

function definitionOf(settings: Settings): JsonObject {
  const { GEMEL_MQTT_TARGET_SUBJECTS: authorizationContext, GEMEL_MQTT_TARGET: address } = settings;
  const topics = ['twin/events', 'live/messages', 'live/commands', 'live/events'].map((name) => `_/_/things/${name}`);
  const addresses = settings.GEMEL_MQTT_SOURCES;
  return {
    id: ID,
    name: 'Embedded MQTT broker',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    uri: `tcp://${settings.GEMEL_MQTT_HOST}:${String(settings.GEMEL_MQTT_PORT || 1883)}`,
    sources: addresses.length === 0 ? [] : [{ addresses, qos: 1, authorizationContext }],
    targets: address === '' ? [] : [{ address, topics, qos: 1, authorizationContext }],
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
