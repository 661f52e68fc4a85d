import { formatAddress } from '@gemel/model/connections';
import type { Connection, ConnectionType } from '@gemel/model/connections';
import { ConnectionTestFailed, ConnectionTimeout } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import type { Connector, ConnectorStatus, Timers } from '../ports/index.js';

/** [ditto connectivity.conf] */
const TEST_MS = 10_000;
const CLOSE_MS = 1_000;
/** What a connector says that is kept open. */
const TRIES_AGAIN = /; it tries again in \d+ s$/;

export interface TesterParts {
  readonly connectors: (type: ConnectionType) => Promise<Connector>;
  readonly timers: Timers;
}

/** Opens a connection to see whether it would work, and closes it again. */
export class ConnectionTester {
  constructor(private readonly parts: TesterParts) {}

  /**
   * What the connection said when it came to stand.
   * @throws ConnectionTestFailed, ConnectionTimeout
   */
  async test(connection: Connection): Promise<string> {
    const { connectors, timers } = this.parts;
    const ended = new AbortController();
    let tell: (status: ConnectorStatus) => void = () => undefined;
    const told = new Promise<ConnectorStatus>((resolve) => (tell = resolve));
    try {
      const connector = await connectors(connection.type);
      const opened = await connector.open(connection, refuseMessages, tell);
      try {
        const late = timers.sleep(TEST_MS, ended.signal).then(() => undefined);
        const status = opened.status().state === 'open' ? opened.status() : await Promise.race([told, late]);
        if (status === undefined) throw new ConnectionTimeout(connection.id, TEST_MS);
        if (status.state !== 'open') throw new ConnectionTestFailed(status.detail.replace(TRIES_AGAIN, ''));
        return `The connection to ${formatAddress(connection.uri)} works.`;
      } finally {
        ended.abort();
        await opened.close(CLOSE_MS);
      }
    } catch (error) {
      if (error instanceof GemelError) throw error;
      throw new ConnectionTestFailed(error instanceof Error ? error.message : String(error));
    }
  }
}

/** They are for the connection that is there, or for nobody. */
function refuseMessages(): Promise<void> {
  return Promise.reject(new Error('a connection is only tested'));
}
