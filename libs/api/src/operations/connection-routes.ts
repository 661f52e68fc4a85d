import type { JsonObject } from '@gemel/model/json';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Route } from '../http/index.js';

/** How the connections to brokers of devices are doing, as this process knows it. */
export interface ConnectionStatuses {
  /** Holds no secrets. */
  statuses(): readonly JsonObject[] | Promise<readonly JsonObject[]>;
}

/** What operators of connections look at. */
export function connectionRoutes(connections: ConnectionStatuses): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/devops/connections',
      summary: 'How the connections are doing, as this replica knows it',
      description: 'Each connection is held by one replica; the others tell that it is elsewhere.',
      tag: 'Operations',
      access: 'operator',
      responses: { 200: { description: 'The connections.', schema: { type: 'array', items: { type: 'object' } } } },
      handler: async () => jsonReply(200, await connections.statuses()),
    }),
  ];
}
