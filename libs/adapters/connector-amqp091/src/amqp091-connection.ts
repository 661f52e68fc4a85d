import type { ConnectorObserver, InboundHandler, OpenConnector, Route } from '@gemel/application/ports';
import { Load, openThroughInlets, sourcesByAddress } from '@gemel/connector-parts';

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
  const { redeliveryPauseMs } = options;
  const load = new Load(options);
  const outlet = new Outlet(options.publishesInFlight);
  return openThroughInlets({
    inletsOf: (onSuccess) =>
      [...sourcesByAddress(connection).values()].map(
        (each) => new Inlet(each, { handler, load, redeliveryPauseMs, onSuccess }),
      ),
    connect: (inlets, signal) => Amqp091Session.open({ connection, options, route, inlets, outlet }, signal),
    faultOf: amqpFault,
    failoverEnabled: connection.failoverEnabled,
    load,
    outlet,
    options,
    observer,
  });
}
