import type { Connector, ConnectorStatus, InboundHandler, OpenConnector, Place, Route } from '@gemel/application/ports';
import { parseConnection } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';

import { openBreakableNetwork } from '../network/index.js';
import type { OpenedExternalConnector } from './describe-external-connector.js';
import { until } from './turns.js';

export interface ToOpen {
  readonly connector: Connector;
  /** The connection under test, as Ditto has it. */
  readonly json: JsonObject;
  readonly handler: InboundHandler;
  readonly broker: Place;
  /** For the connection to be open, in milliseconds. */
  readonly patienceMs: number;
}

export interface OpenedReplicas extends Pick<
  OpenedExternalConnector,
  'publisher' | 'status' | 'network' | 'takeOver' | 'openAgain' | 'closeConnector' | 'closeAtOnce'
> {
  /** Ends the connector without waiting for anything, and the network. */
  kill(): Promise<void>;
}

/** The replicas of one connection to a broker, one after the other, over one network; resolves when the first one is open. */
export async function openReplicas({ connector, json, handler, broker, patienceMs }: ToOpen): Promise<OpenedReplicas> {
  const connection = parseConnection(json);
  const network = await openBreakableNetwork(broker.host, broker.port);
  const route: Route = () => Promise.resolve({ host: '127.0.0.1', port: network.port });
  let status: ConnectorStatus;
  const open = async (): Promise<OpenConnector> => {
    status = { state: 'connecting', detail: '' };
    const one = await connector.open(connection, handler, (changed) => (status = changed), route);
    await until(() => status.state === 'open', patienceMs);
    return one;
  };
  let opened = await open();
  return {
    publisher: { publish: (message) => opened.publish(message), hasReceivers: () => opened.hasReceivers() },
    status: () => status,
    network,
    takeOver: async () => {
      const dead = opened;
      network.cut();
      // What it still does it does not get to the broker, nor does it come back: it is closed without a network.
      await dead.close(0);
      network.heal();
      opened = await open();
    },
    openAgain: async () => {
      opened = await open();
    },
    closeConnector: () => opened.close(5_000),
    closeAtOnce: () => opened.close(0),
    kill: async () => {
      await opened.close(0);
      await network.close();
    },
  };
}
