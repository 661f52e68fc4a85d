import type { ConnectorStatus, OpenConnector } from '@gemel/application/ports';

import type { OpenedExternalConnector } from './describe-external-connector.js';
import { until } from './turns.js';

export interface ToOpen {
  /** Opens the connection under test; tells of each status. */
  readonly openIt: (observer: (status: ConnectorStatus) => void) => Promise<OpenConnector>;
  readonly network: OpenedExternalConnector['network'];
  /** For the connection to be open, in milliseconds. */
  readonly patienceMs: number;
}

export interface OpenedReplicas extends Pick<
  OpenedExternalConnector,
  'publisher' | 'status' | 'network' | 'takeOver' | 'openAgain' | 'closeConnector'
> {
  /** Ends the connector without waiting for anything. */
  kill(): Promise<void>;
}

/** The replicas of one connection to a broker of its own, one after the other; resolves when the first one is open. */
export async function openReplicas({ openIt, network, patienceMs }: ToOpen): Promise<OpenedReplicas> {
  let status: ConnectorStatus;
  const open = async (): Promise<OpenConnector> => {
    status = { state: 'connecting', detail: '' };
    const one = await openIt((changed) => (status = changed));
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
    kill: () => opened.close(0),
  };
}
