import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ConnectorObserver, InboundHandler, OpenConnector, Route } from '@gemel/application/ports';
import { KeptConnection, KeptConnector, Load, sourcesByAddress } from '@gemel/connector-parts';

import type { Amqp091ConnectorOptions } from './amqp091-options.js';
import { Amqp091Session } from './amqp091-session.js';
import type { Amqp091Type } from './amqp091-session.js';
import { amqpFault } from './faults.js';
import { Inlet } from './inlet.js';
import { Outlet } from './outlet.js';

/** One AMQP 0.9.1 connection, which begins to connect. */
export function openAmqp091Connection(
  connection: Amqp091Type,
  handler: InboundHandler,
  observer: ConnectorObserver,
  { options, route }: { readonly options: Amqp091ConnectorOptions; readonly route: Route },
): OpenConnector {
  const { redeliveryPauseMs, firstPauseMs, longestPauseMs } = options;
  const load = new Load(options);
  const outlet = new Outlet(options.publishesInFlight);
  const onSuccess = () => kept.succeeded();
  const inlets = [...sourcesByAddress(connection).values()].map(
    (each) => new Inlet(each, { handler, load, redeliveryPauseMs, onSuccess }),
  );
  const parts = { connection, options, route, inlets, outlet };
  const kept = new KeptConnection({
    connect: (signal) => Amqp091Session.open(parts, signal),
    faultOf: amqpFault,
    firstPauseMs,
    longestPauseMs,
    failoverEnabled: connection.failoverEnabled,
    onStatus: observer,
  });
  const drain = async (): Promise<void> => {
    for (const inlet of inlets) inlet.closing();
    await load.drained();
    // The last confirmations leave in this turn.
    await nextTurn();
  };
  kept.start();
  return new KeptConnector({ kept, outlet, drain, leavingMs: 1_000 });
}
