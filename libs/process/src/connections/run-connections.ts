import {
  ClientBalance,
  ConnectionReporter,
  ConnectionRunner,
  ConnectionWatch,
  seedConnections,
} from '@gemel/application/connections';
import type {
  ConnectionManagement,
  ConnectionReporterParts,
  ConnectionRunnerParts,
} from '@gemel/application/connections';
import type { ConnectionBoard, ConnectionStore, Subscription } from '@gemel/application/ports';
import type { JsonObject } from '@gemel/model/json';
import { connectorOf } from '@gemel/wiring';
import type { ManagementSettings } from '../settings/index.js';
import { connectionRules } from './open-management.js';

export function openRunner(
  settings: Pick<ManagementSettings, 'GEMEL_HTTP_PROXY_URL' | 'GEMEL_CONNECTIONS_MESSAGES_PER_SECOND'>,
  parts: Omit<ConnectionRunnerParts, 'connectors' | 'messagesPerSecond'>,
): ConnectionRunner {
  const { GEMEL_HTTP_PROXY_URL: httpProxy, GEMEL_CONNECTIONS_MESSAGES_PER_SECOND: messagesPerSecond } = settings;
  return new ConnectionRunner({ ...parts, messagesPerSecond, connectors: (type) => connectorOf(type, { httpProxy }) });
}

export interface RunningParts extends Pick<ConnectionRunnerParts, 'timers' | 'log'> {
  readonly runner: ConnectionRunner;
  readonly management: ConnectionManagement;
  readonly store: ConnectionStore;
  /** Calls when something has changed, where the store can tell. */
  readonly onChange?: (listener: () => void) => () => void;
  /** Where other processes look how the connections are doing; undefined when there are none. */
  readonly board?: ConnectionBoard;
  /** Between two looks at what has changed, at the least, in milliseconds. */
  readonly restMs?: number;
  /** Calls when somebody wants to know how a connection is doing. */
  readonly onLook?: ConnectionReporterParts['onLook'];
  /** What must be there, whatever is stored. */
  readonly seeds: readonly JsonObject[];
}

/** Has the stored connections run until it is stopped. */
export function runConnections(settings: ManagementSettings, parts: RunningParts): Subscription {
  const { runner, management, board, seeds, timers, log } = parts;
  const stopped = new AbortController();
  const { registry } = management;
  const watch = new ConnectionWatch({ ...parts, registry, rules: connectionRules(settings) });
  // Until all are stored nobody knows how many there are to open.
  const watching = seedConnections(seeds, { registry, timers, log, stopped: stopped.signal }).then(() =>
    stopped.signal.aborted ? undefined : watch.start(),
  );
  const balance = board === undefined ? undefined : new ClientBalance({ runner, board, timers, log }).start();
  const reporting = board === undefined ? undefined : new ConnectionReporter({ ...parts, board }).start();
  return {
    stop: async () => {
      stopped.abort();
      await balance?.stop();
      await (await watching)?.stop();
      await reporting?.stop();
    },
  };
}
