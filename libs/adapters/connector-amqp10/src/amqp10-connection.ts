import type { ConnectorObserver, InboundHandler, OpenConnector, Route } from '@gemel/application/ports';
import { Load, openThroughInlets, sourcesByAddress } from '@gemel/connector-parts';
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
  const { redeliveryPauseMs, messagesInFlight } = options;
  const load = new Load(options);
  const outlet = new Outlet();
  const addressed = [...sourcesByAddress(connection).values()];
  const linksAt = ({ source, address }: AddressedSource): number => consumersAt(connection.type, source, address);
  const links = addressed.reduce((sum, each) => sum + linksAt(each), 0);
  const share = Math.max(1, Math.floor(messagesInFlight / Math.max(links, 1)));
  const credit = Math.min(connection.specificConfig.prefetch, share);
  return openThroughInlets({
    inletsOf: (onSuccess) =>
      addressed.map(
        (each) => new Inlet(each, { handler, load, credit, links: linksAt(each), redeliveryPauseMs, onSuccess }),
      ),
    connect: (inlets, signal) => Amqp10Session.open({ connection, options, route, inlets, outlet }, signal),
    faultOf: amqpFault,
    failoverEnabled: connection.failoverEnabled,
    load,
    outlet,
    options,
    observer,
  });
}
