import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

import type {
  ConnectorObserver,
  ConnectorStatus,
  InboundHandler,
  OpenConnector,
  OutboundMessage,
  PublishOutcome,
  Route,
} from '@gemel/application/ports';
import { KeptConnection, Load, sourcesByAddress } from '@gemel/connector-parts';

import type { Amqp091ConnectorOptions } from './amqp091-options.js';
import { Amqp091Session } from './amqp091-session.js';
import type { Amqp091Type } from './amqp091-session.js';
import { amqpFault } from './faults.js';
import { Inlet } from './inlet.js';
import { Outlet } from './outlet.js';

/** For the good-bye itself, when everything else is done. In milliseconds. */
const LEAVING_MS = 1_000;

/** One open AMQP 0.9.1 connection. */
export class Amqp091Connection implements OpenConnector {
  readonly #load: Load;
  readonly #inlets: readonly Inlet[];
  readonly #outlet: Outlet;
  readonly #kept: KeptConnection;
  #closing: Promise<void> | undefined;

  constructor(
    connection: Amqp091Type,
    handler: InboundHandler,
    observer: ConnectorObserver,
    { options, route }: { readonly options: Amqp091ConnectorOptions; readonly route: Route },
  ) {
    const load = new Load(options);
    this.#load = load;
    this.#outlet = new Outlet(options.publishesInFlight);
    const addressed = [...sourcesByAddress(connection).values()];
    this.#inlets = addressed.map(
      (each) =>
        new Inlet(each, {
          handler,
          load,
          redeliveryPauseMs: options.redeliveryPauseMs,
          onSuccess: () => this.#kept.succeeded(),
        }),
    );
    const parts = { connection, options, route, inlets: this.#inlets, outlet: this.#outlet };
    this.#kept = new KeptConnection({
      connect: (signal) => Amqp091Session.open(parts, signal),
      faultOf: amqpFault,
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
    for (const inlet of this.#inlets) inlet.closing();
    const drained = new AbortController();
    await Promise.race([
      this.#load.drained(),
      delay(deadlineMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    drained.abort();
    // The last confirmations leave in this turn.
    await nextTurn();
    await this.#kept.close(deadlineMs === 0 ? 0 : LEAVING_MS);
  }
}
