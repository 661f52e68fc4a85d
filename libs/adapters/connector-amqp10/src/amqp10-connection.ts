import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ConnectorObserver, InboundHandler, OpenConnector, Route } from '@gemel/application/ports';
import { KeptConnection, KeptConnector, Load, sourcesByAddress } from '@gemel/connector-parts';
import type { AddressedSource } from '@gemel/connector-parts';
import { consumersAt } from '@gemel/model/connections';

import type { Amqp10ConnectorOptions } from './amqp10-options.js';
import { Amqp10Session } from './amqp10-session.js';
import type { Amqp10Type } from './amqp10-session.js';
import { amqpFault } from './faults.js';
import { Inlet } from './inlet.js';
import { Outlet } from './outlet.js';

/** One AMQP 1.0 connection, which begins to connect. */
export function openAmqp10Connection(
  connection: Amqp10Type,
  handler: InboundHandler,
  observer: ConnectorObserver,
  { options, route }: { readonly options: Amqp10ConnectorOptions; readonly route: Route },
): OpenConnector {
  const { redeliveryPauseMs, firstPauseMs, longestPauseMs, messagesInFlight } = options;
  const load = new Load(options);
  const outlet = new Outlet();
  const onSuccess = () => kept.succeeded();
  const addressed = [...sourcesByAddress(connection).values()];
  const linksAt = ({ source, address }: AddressedSource): number => consumersAt(connection.type, source, address);
  const links = addressed.reduce((sum, each) => sum + linksAt(each), 0);
  const share = Math.max(1, Math.floor(messagesInFlight / Math.max(links, 1)));
  const credit = Math.min(connection.specificConfig.prefetch, share);
  const inlets = addressed.map(
    (each) => new Inlet(each, { handler, load, credit, links: linksAt(each), redeliveryPauseMs, onSuccess }),
  );
  const parts = { connection, options, route, inlets, outlet };
  const kept = new KeptConnection({
    connect: (signal) => Amqp10Session.open(parts, signal),
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
