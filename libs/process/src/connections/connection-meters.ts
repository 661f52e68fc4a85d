import type { ConnectionRunner } from '@gemel/application/connections';
import type { Meter } from '@gemel/application/ports';

/** What operators watch of connections. */
export function connectionMeters(connections: ConnectionRunner): readonly Meter[] {
  return [
    {
      name: 'gemel_connections',
      help: 'Connections that should be open, here or on another replica; NaN until they are known.',
      kind: 'gauge',
      read: () => connections.wanted() ?? NaN,
    },
    {
      name: 'gemel_connection_up',
      help: 'Whether a connection that this replica holds is open, with all its sources and targets.',
      kind: 'gauge',
      labels: ['connection'],
      read: () =>
        connections
          .status()
          .filter(({ clientStatus }) => clientStatus.length > 0)
          .map(({ connectionId, clientStatus, sourceStatus, targetStatus }) => ({
            labels: { connection: connectionId },
            value: [...clientStatus, ...sourceStatus, ...targetStatus].every(({ status }) => status === 'open') ? 1 : 0,
          })),
    },
    {
      name: 'gemel_connection_messages_total',
      help: 'Messages of the connections that this replica holds, since it does.',
      kind: 'counter',
      labels: ['connection', 'kind'],
      read: () =>
        [...connections.counters()].flatMap(([connection, counters]) =>
          Object.entries(counters).map(([kind, value]: [string, number]) => ({ labels: { connection, kind }, value })),
        ),
    },
  ];
}
