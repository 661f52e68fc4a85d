import type { Connection } from '@gemel/model/connections';
import type { Instant } from '@gemel/model/time';
import type { ConnectionReport } from '../ports/index.js';
import { connectionStatus } from './connection-status.js';
import type { LiveState } from './connection-status.js';
import { logEntryJson } from './monitoring/index.js';
import type { ConnectionMonitor } from './monitoring/index.js';

export interface Reported {
  readonly connection: Connection;
  readonly revision: number;
  readonly live: LiveState;
  /** Index. */
  readonly client: number;
  /** Undefined when another client's report has it. */
  readonly monitor: ConnectionMonitor | undefined;
  /** The process. */
  readonly instance: string;
  readonly now: Instant;
}

/** What a process says of a connection that it has open. */
export function reportOf({ connection, revision, live, client, monitor, instance, now }: Reported): ConnectionReport {
  const { clientStatus, sourceStatus, targetStatus } = connectionStatus(connection, live, instance);
  const statuses = { clientStatus, sourceStatus, targetStatus } as const;
  return {
    connectionId: connection.id,
    client,
    instance,
    at: now,
    says: {
      revision,
      ...Object.fromEntries(Object.entries(statuses).map(([name, list]) => [name, list.map((each) => ({ ...each }))])),
      ...(monitor && {
        unseen: monitor.unseen.toJson(),
        metrics: { ...monitor.metrics.toJson(now) },
        metricsResetAt: monitor.metricsResetAt ?? 0,
        logs: monitor.logs.entries().map((entry) => logEntryJson(entry, instance)),
      }),
    },
  };
}
