import { setTimeout as delay } from 'node:timers/promises';

import type {
  ConnectorObserver,
  ConnectorStatus,
  InboundHandler,
  OpenConnector,
  OutboundMessage,
  PublishOutcome,
  Route,
} from '@gemel/application/ports';
import { KeptConnection } from '@gemel/connector-parts';

import { Consumption } from './consumption.js';
import { kafkaFault } from './faults.js';
import type { KafkaType } from './kafka-client.js';
import type { KafkaConnectorOptions } from './kafka-options.js';
import { KafkaSession } from './kafka-session.js';
import { Outlet } from './outlet.js';

/** For leaving the group, when everything else is done. In milliseconds. */
const LEAVING_MS = 2_000;

/** One open Kafka connection: a consumer for its sources, a producer for its targets. */
export class KafkaConnection implements OpenConnector {
  readonly #consumption: Consumption;
  readonly #outlet: Outlet;
  readonly #kept: KeptConnection;
  #session: KafkaSession | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    connection: KafkaType,
    handler: InboundHandler,
    observer: ConnectorObserver,
    { options, route }: { readonly options: KafkaConnectorOptions; readonly route: Route },
  ) {
    const consumption = new Consumption(connection, handler, options, () => this.#kept.succeeded());
    const outlet = new Outlet({
      debugEnabled: connection.specificConfig.debugEnabled,
      onFailure: () => this.#session?.probe(),
      hasTopic: async (topic) => (await this.#session?.hasTopic(topic)) ?? true,
      renew: () => this.#kept.reconnect(0, 'a topic that was sent to is gone'),
    });
    this.#consumption = consumption;
    this.#outlet = outlet;
    this.#kept = new KeptConnection({
      connect: async (signal) => {
        this.#session = await KafkaSession.open({ connection, options, route, consumption, outlet }, signal);
        return this.#session;
      },
      faultOf: kafkaFault,
      firstPauseMs: options.firstPauseMs,
      longestPauseMs: options.longestPauseMs,
      failoverEnabled: connection.failoverEnabled,
      onStatus: observer,
    });
  }

  start(): void {
    this.#kept.start();
  }

  status(): ConnectorStatus {
    return this.#kept.status();
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
      this.#consumption.drain(),
      delay(deadlineMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    drained.abort();
    await this.#kept.close(deadlineMs === 0 ? 0 : LEAVING_MS);
  }
}
