import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

import { MessageUnacceptable } from '@gemel/application/ports';
import type {
  ConnectorObserver,
  ConnectorStatus,
  InboundHandler,
  OpenConnector,
  OutboundMessage,
  PublishOutcome,
  Route,
} from '@gemel/application/ports';
import type { Qos } from '@gemel/model/connections';
import type { IPublishPacket } from 'mqtt-packet';

import { clientOptions } from './client-options.js';
import type { ClientRole, MqttTypes } from './client-options.js';
import type { MqttConnectorOptions } from './connector-options.js';
import { Intake, bytesOf } from './intake.js';
import { Link } from './link.js';
import { Outlet } from './outlet.js';
import { headersOf } from './packet-headers.js';
import { Reception } from './reception.js';
import { SourceFinder } from './source-finder.js';

/** For the good-bye itself, when everything else is done. In milliseconds. */
const LEAVING_MS = 1_000;

const CONNECTING: ConnectorStatus = { state: 'connecting', detail: 'connects' };
const OPEN: ConnectorStatus = { state: 'open', detail: 'connected' };

/** One open MQTT connection: one client that receives and sends, or one for each. */
export class MqttConnection implements OpenConnector {
  readonly #connection: MqttTypes;
  readonly #handler: InboundHandler;
  readonly #options: MqttConnectorOptions;
  readonly #route: Route;
  readonly #finder: SourceFinder;
  readonly #intake: Intake;
  readonly #outlet: Outlet;
  readonly #links: readonly Link[];
  readonly #statuses: ConnectorStatus[];
  readonly #observer: ConnectorObserver;
  #closing: Promise<void> | undefined;

  constructor(
    connection: MqttTypes,
    handler: InboundHandler,
    observer: ConnectorObserver,
    { options, route }: { readonly options: MqttConnectorOptions; readonly route: Route },
  ) {
    this.#connection = connection;
    this.#handler = handler;
    this.#options = options;
    this.#route = route;
    this.#observer = observer;
    this.#finder = new SourceFinder(connection);
    this.#outlet = new Outlet(options.publishesInFlight);
    this.#intake = new Intake({
      handle: (packet, qos) => this.#handle(packet, qos),
      onRejected: () => void this.#redeliver(),
      limits: options,
    });
    const roles = rolesOf(connection);
    this.#statuses = roles.map(() => CONNECTING);
    this.#links = roles.map((role, index) => this.#link(role, index, index === roles.length - 1));
  }

  start(): void {
    for (const link of this.#links) link.start();
  }

  status(): ConnectorStatus {
    return this.#statuses.find(({ state }) => state !== 'open') ?? OPEN;
  }

  publish(message: OutboundMessage): Promise<PublishOutcome> {
    return this.#outlet.publish(message);
  }

  hasReceivers(): boolean {
    return true;
  }

  close(deadlineMs: number): Promise<void> {
    return (this.#closing ??= this.#close(deadlineMs));
  }

  async #close(deadlineMs: number): Promise<void> {
    const drained = new AbortController();
    await Promise.race([
      Promise.all([this.#intake.drain(), this.#outlet.drained()]),
      delay(deadlineMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    drained.abort();
    // The last confirmations leave in this turn.
    await nextTurn();
    await Promise.all(this.#links.map((link) => link.close(LEAVING_MS)));
  }

  async #redeliver(): Promise<void> {
    // The confirmations of what came before leave in this turn.
    await nextTurn();
    this.#links[0]?.reconnect(this.#connection.specificConfig.reconnectForRedeliveryDelayMs);
  }

  #link(role: ClientRole, index: number, publishes: boolean): Link {
    const { specificConfig, failoverEnabled } = this.#connection;
    const reception = role.isSubscriber
      ? new Reception(this.#connection, this.#intake, specificConfig.keepAliveSeconds)
      : undefined;
    return new Link({
      options: async () => {
        const { host, port } = this.#connection.uri;
        return { ...clientOptions(this.#connection, role, this.#options), ...(await this.#route({ host, port })) };
      },
      firstPauseMs: this.#options.firstPauseMs,
      longestPauseMs: this.#options.longestPauseMs,
      failoverEnabled,
      prepare: (client) => reception?.prepare(client),
      opened: async (client) => {
        if (publishes) this.#outlet.opened(client);
        await reception?.opened(client);
      },
      lost: () => {
        reception?.lost();
        if (publishes) this.#outlet.lost();
      },
      onStatus: (status) => {
        this.#statuses[index] = status;
        this.#observer(this.status());
      },
    });
  }

  #handle(packet: IPublishPacket, qos: Qos): Promise<void> {
    const found = this.#finder.find(packet.topic, [packet.properties?.subscriptionIdentifier ?? []].flat());
    if (found === undefined) return Promise.resolve();
    const handled = this.#handler({
      address: packet.topic,
      payload: bytesOf(packet.payload),
      subjects: found.source.subjects,
      headers: headersOf(packet, qos),
      source: found.index,
    });
    const succeeded = () => this.#links[0]?.succeeded();
    return handled.then(succeeded, (error: unknown) => {
      // MQTT has no way to say so.
      if (!(error instanceof MessageUnacceptable)) throw error;
      succeeded();
    });
  }
}

/** The subscriber first, the publisher last; one role may be both. */
function rolesOf({ sources, targets, specificConfig }: MqttTypes): readonly ClientRole[] {
  const { clientId, publisherId, separatePublisherClient } = specificConfig;
  const isSubscriber = sources.length > 0;
  const first = { clientId, isSubscriber };
  return isSubscriber && targets.length > 0 && separatePublisherClient
    ? [first, { clientId: publisherId, isSubscriber: false }]
    : [first];
}
