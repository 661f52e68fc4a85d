import type { ConnectionStatus } from '@gemel/application/connections';
import { defineRoute } from '../http/index.js';
import type { Route } from '../http/index.js';

/** How the connections to brokers of devices are doing, as this process knows it. */
export interface ConnectionStatuses {
  status(): readonly ConnectionStatus[];
}

/** What operators of connections look at. */
export function connectionRoutes(connections: ConnectionStatuses): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/devops/connections',
      summary: 'How the connections are doing, as this replica knows it',
      description:
        "In the form of Ditto's connection status. Each connection is open in one replica; for the others its " +
        '`liveStatus` is `unknown`.',
      tag: 'Operations',
      access: 'operator',
      responses: { 200: { description: 'One for each.', schema: { type: 'array', items: { type: 'object' } } } },
      handler: () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(connections.status()),
      }),
    }),
  ];
}
