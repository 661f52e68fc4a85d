import { createServer } from 'node:http';

import { describeConnecting } from '@gemel/testkit/contracts';
import type { Connectable } from '@gemel/testkit/contracts';

import { httpPushConnector } from './http-push-connector.js';

const server = createServer((_, response) => response.end());
/** Known when the server listens. */
const place = { host: '127.0.0.1', port: 0 };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  place.port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const target: Connectable = {
  connector: httpPushConnector({ firstPauseMs: 1, longestPauseMs: 20 }),
  server: place,
  json: {
    connectionType: 'http-push',
    targets: [{ address: 'POST:/', topics: ['_/_/things/twin/events'], authorizationContext: ['nginx:ditto'] }],
  },
  schemes: { plain: 'http', secure: 'https' },
  isStanding: false,
};

describeConnecting('the HTTP push connector', target);
