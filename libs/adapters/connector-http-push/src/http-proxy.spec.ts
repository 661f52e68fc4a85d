import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import type { ConnectorStatus, OpenConnector } from '@gemel/application/ports';
import { parseConnection } from '@gemel/model/connections';
import { until } from '@gemel/testkit/contracts';

import { httpPushConnector } from './http-push-connector.js';

let server: Server;
let proxy: Server;
let connector: OpenConnector | undefined;
let status: ConnectorStatus | undefined;
const led: (string | undefined)[][] = [];
const sockets = new Set<Socket>();
/** What the proxy says instead of leading on. */
let refusal: string | undefined;

const portOf = (listening: Server): number => {
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
const listen = (made: Server): Promise<Server> =>
  new Promise((resolve) => made.listen(0, '127.0.0.1', () => resolve(made)));

beforeEach(async () => {
  [refusal, status, connector] = [undefined, undefined, undefined];
  led.length = 0;
  server = await listen(createServer((request, response) => void request.resume().on('end', () => response.end('ok'))));
  const made = createServer((_request, response) => void response.writeHead(405).end());
  made.on('connection', (socket: Socket) => sockets.add(socket));
  made.on('connect', ({ url = '', headers }, socket: Socket) => {
    led.push([url, headers['proxy-authorization']]);
    if (refusal !== undefined) {
      socket.end(refusal);
      return;
    }
    const onward = connect(portOf(server), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  proxy = await listen(made);
});

afterEach(async () => {
  await connector?.close(0);
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await Promise.all([server, proxy].map((each) => new Promise((resolve) => each.close(resolve))));
});

async function open(authorization?: string): Promise<OpenConnector> {
  const options = { firstPauseMs: 1, longestPauseMs: 20 };
  connector = await httpPushConnector({
    ...options,
    proxy: { host: '127.0.0.1', port: portOf(proxy), authorization },
  }).open(
    parseConnection({
      id: 'push',
      connectionType: 'http-push',
      // Nobody but the proxy knows where that is.
      uri: 'http://inside.example:8080',
      targets: [{ address: 'POST:/', topics: ['_/_/things/twin/events'], authorizationContext: ['nginx:ditto'] }],
    }),
    () => Promise.resolve(),
    (told) => (status = told),
  );
  return connector;
}

describe('HTTP push through a proxy', () => {
  it('lets the proxy lead on to the server, with the credentials', async () => {
    const opened = await open('Basic dXNlcjpwYXNz');
    await until(() => status?.state === 'open');
    const outcome = await opened.publish({ address: 'POST:/a', payload: '{}', qos: 1, headers: {} });
    expect([outcome.status, Buffer.from(outcome.payload ?? []).toString()]).toEqual([200, 'ok']);
    expect(new Set(led.map(String))).toEqual(new Set(['inside.example:8080,Basic dXNlcjpwYXNz']));
  });

  it.each<[string, ConnectorStatus['state'], RegExp]>([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'misconfigured', /does not take the credentials/],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', 'connecting', /the HTTP proxy answers 502/],
    ['SSH-2.0-nonsense\r\n\r\n', 'connecting', /the HTTP proxy answers 0/],
    ['', 'connecting', /the HTTP proxy has ended the connection/],
    [`HTTP/1.1 200 ${'x'.repeat(20_000)}`, 'connecting', /does not speak HTTP/],
  ])('says what the proxy says, and goes on trying: %j', async (said, state, detail) => {
    refusal = said;
    await open();
    await until(() => status?.state === state && detail.test(status.detail));
    expect(led[0]).toEqual(['inside.example:8080', undefined]);
    refusal = undefined;
    await until(() => status?.state === 'open');
  });
});
