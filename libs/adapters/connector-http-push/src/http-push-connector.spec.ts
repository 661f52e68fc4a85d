import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { ConnectorStatus, OpenConnector, OutboundMessage } from '@gemel/application/ports';
import { parseConnection } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import { describeConnector, until } from '@gemel/testkit/contracts';
import type { Delivery } from '@gemel/testkit/contracts';

import { httpPushConnector } from './http-push-connector.js';
import type { HttpPushConnectorOptions } from './http-push-options.js';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (seen: Seen, response: ServerResponse) => void;

interface Receiver {
  readonly port: number;
  readonly seen: Seen[];
  answer: Answer;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const ok: Answer = (_, response) => void response.writeHead(204).end();

async function openReceiver(): Promise<Receiver> {
  const seen: Seen[] = [];
  let server: Server;
  const take = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const one = { method, url, headers, body: Buffer.concat(chunks) };
      seen.push(one);
      receiver.answer(one, response);
    });
  };
  const receiver: Receiver & { port: number } = {
    port: 0,
    seen,
    answer: ok,
    start: async () => {
      server = createServer(take);
      await new Promise<void>((resolve) => server.listen(receiver.port, '127.0.0.1', resolve));
      const address = server.address();
      receiver.port = typeof address === 'object' && address !== null ? address.port : 0;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await receiver.start();
  return receiver;
}

let receivers: Receiver[] = [];
let opened: OpenConnector[] = [];
let statuses: ConnectorStatus[] = [];

beforeEach(() => {
  [receivers, opened, statuses] = [[], [], []];
});

afterEach(async () => {
  for (const connector of opened) await connector.close(0);
  for (const receiver of receivers) await receiver.stop();
});

async function receive(): Promise<Receiver> {
  const receiver = await openReceiver();
  receivers.push(receiver);
  return receiver;
}

async function open(
  { port }: { readonly port: number },
  change: JsonObject = {},
  options: Partial<HttpPushConnectorOptions> = {},
): Promise<OpenConnector> {
  const connection = parseConnection({
    id: 'push',
    connectionType: 'http-push',
    uri: `http://127.0.0.1:${port}`,
    targets: [{ address: 'POST:/out', topics: ['_/_/things/twin/events'], authorizationContext: ['nginx:ditto'] }],
    ...change,
  });
  const connector = await httpPushConnector({ firstPauseMs: 1, longestPauseMs: 20, ...options }).open(
    connection,
    () => Promise.resolve(),
    (status) => statuses.push(status),
  );
  opened.push(connector);
  return connector;
}

const isOpen = () => statuses.at(-1)?.state === 'open';
const message = (change: Partial<OutboundMessage> = {}): OutboundMessage => ({
  address: 'POST:/out',
  payload: '{}',
  qos: 1,
  headers: {},
  ...change,
});
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

describeConnector(
  'the HTTP push connector',
  async () => {
    const receiver = await openReceiver();
    const connector = await open(receiver);
    await until(isOpen);
    return {
      publisher: connector,
      inbox: '',
      outbox: 'POST:/out',
      send: () => Promise.reject(new Error('nothing comes in')),
      consume: () => {
        const deliveries: Delivery[] = [];
        receiver.answer = ({ method, url, body }, response) => {
          deliveries.push({ address: `${method}:${url}`, payload: body });
          response.end();
        };
        return Promise.resolve(deliveries);
      },
      closeConnector: () => connector.close(1_000),
      close: async () => {
        await connector.close(0);
        await receiver.stop();
      },
    };
  },
  { hasSources: false, impossibleAddress: 'BREW:/coffee' },
);

describe('HTTP push', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('sends %s, with a body where it has one', async (method) => {
    const receiver = await receive();
    const connector = await open(receiver, { uri: `http://127.0.0.1:${receiver.port}/base` });
    await until(isOpen);
    const headers = { 'content-type': 'application/json', 'x-own': 'ä'.normalize('NFD').slice(0, 1), host: 'evil' };
    await connector.publish(message({ address: `${method}:/a b/ö?c=d`, headers }));
    expect(receiver.seen[0]).toMatchObject({
      method,
      url: '/base/a%20b/%C3%B6?c=d',
      headers: { 'content-type': 'application/json', 'x-own': 'a', host: `127.0.0.1:${receiver.port}` },
    });
    expect(text(receiver.seen[0]?.body)).toBe(['GET', 'DELETE'].includes(method) ? '' : '{}');
  });

  it('takes path and query from the headers that say so', async () => {
    const receiver = await receive();
    const connector = await open(receiver);
    await until(isOpen);
    await connector.publish(message({ headers: { 'http.path': 'objects/a:1', 'http.query': 'x=1&y=%20' } }));
    expect(receiver.seen[0]?.url).toBe('/objects/a:1?x=1&y=%20');
    expect(Object.keys(receiver.seen[0]?.headers ?? {}).filter((name) => name.startsWith('http.'))).toEqual([]);
  });

  it('answers with status, headers and body of the answer', async () => {
    const receiver = await receive();
    receiver.answer = (_, response) =>
      void response.writeHead(418, { 'content-type': 'text/plain', 'x-a': ['1', '2'] }).end('short and stout');
    const connector = await open(receiver);
    await until(isOpen);
    const outcome = await connector.publish(message());
    expect(outcome).toMatchObject({ status: 418, headers: { 'content-type': 'text/plain', 'x-a': '1,2' } });
    expect(text(outcome.payload)).toBe('short and stout');
  });

  it('follows no redirect', async () => {
    const receiver = await receive();
    receiver.answer = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end();
    const connector = await open(receiver);
    await until(isOpen);
    expect((await connector.publish(message())).status).toBe(302);
    expect(receiver.seen).toHaveLength(1);
  });

  it('reads no more of an answer than it may', async () => {
    const receiver = await receive();
    receiver.answer = (_, response) => void response.end('x'.repeat(100_000));
    const connector = await open(receiver, {}, { answerBytes: 10 });
    await until(isOpen);
    expect((await connector.publish(message())).payload).toHaveLength(10);
    expect((await connector.publish(message())).status).toBe(200);
  });

  it.each([408, 424, 429, 502, 503, 504])('says of %d that the message was not taken yet', async (status) => {
    const receiver = await receive();
    receiver.answer = (_, response) => void response.writeHead(status).end('busy');
    const connector = await open(receiver);
    await until(isOpen);
    await expect(connector.publish(message())).rejects.toMatchObject({ name: 'MessageNotTaken', outcome: { status } });
    expect((await connector.publish(message({ qos: 0 }))).status).toBe(status);
  });

  it.each([
    [429, {}, 'all'],
    [503, {}, 'all'],
    [502, {}, 'perhaps all'],
    [504, {}, 'perhaps all'],
    [502, { 'retry-after': '0' }, 'all'],
    [408, { 'retry-after': 'soon' }, 'this one'],
  ])('says of %d with %j what must wait: %s', async (status, headers, concerns) => {
    const receiver = await receive();
    receiver.answer = (_, response) => void response.writeHead(status, headers).end();
    const connector = await open(receiver);
    await until(isOpen);
    await expect(connector.publish(message())).rejects.toMatchObject({ outcome: { status }, concerns });
  });

  it.each([
    ['30', 30_000],
    ['Thu, 01 Jan 1970 00:16:50 GMT', 10_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['9'.repeat(400), 300_000],
  ])(
    'sends nothing before a server that says Retry-After %s wants it, and then goes on',
    async (retryAfter, pauseMs) => {
      const receiver = await receive();
      receiver.answer = (_, response) => void response.writeHead(429, { 'retry-after': retryAfter }).end();
      let now = 1_000_000;
      const connector = await open(receiver, {}, { now: () => now });
      await until(isOpen);
      const declined = { name: 'MessageNotTaken', concerns: 'all', outcome: { status: 429 } };
      await expect(connector.publish(message())).rejects.toMatchObject(declined);
      receiver.answer = ok;
      if (pauseMs > 0) {
        now += pauseMs - 1;
        await expect(connector.publish(message())).rejects.toMatchObject(declined);
        await expect(connector.publish(message({ address: 'POST:/other' }))).rejects.toMatchObject(declined);
        expect(receiver.seen).toHaveLength(1);
        now += 1;
      }
      expect((await connector.publish(message())).status).toBe(204);
      expect(receiver.seen).toHaveLength(2);
    },
  );

  it('refuses what can be no request', async () => {
    const receiver = await receive();
    const connector = await open(receiver);
    await until(isOpen);
    const refused = { code: 'gemel:message.refused' };
    await expect(connector.publish(message({ headers: { 'x-a': 'a\r\nb: c' } }))).rejects.toMatchObject(refused);
    await expect(connector.publish(message({ headers: { 'x a': 'b' } }))).rejects.toMatchObject(refused);
    await connector.publish(message({ address: 'POST:/a\r\nx: y', headers: {} }));
    expect(receiver.seen.map(({ url }) => url)).toEqual(['/a%0D%0Ax:%20y']);
  });

  it('keeps the order of a thing, and works on several things at a time', async () => {
    const receiver = await receive();
    const held: (() => void)[] = [];
    receiver.answer = (_, response) => void held.push(() => response.end());
    const connector = await open(receiver, { specificConfig: { parallelism: '4' } });
    await until(isOpen);
    const groups = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const all = Promise.all(
      [1, 2, 3].flatMap((n) => groups.map((group) => connector.publish(message({ payload: `${group}${n}`, group })))),
    );
    await until(() => held.length > 1);
    expect(held.length).toBeLessThanOrEqual(4);
    while (receiver.seen.length < 24 || held.length > 0) {
      held.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    const bodies = receiver.seen.map(({ body }) => text(body));
    for (const group of groups) {
      expect(bodies.filter((body) => body.startsWith(group))).toEqual([1, 2, 3].map((n) => `${group}${n}`));
    }
  });

  it('lets only so many requests wait', async () => {
    const receiver = await receive();
    const held: (() => void)[] = [];
    receiver.answer = (_, response) => void held.push(() => response.end());
    const connector = await open(receiver, {}, { requestsInFlight: 2 });
    await until(isOpen);
    const both = [connector.publish(message()), connector.publish(message())];
    await expect(connector.publish(message())).rejects.toMatchObject({ outcome: { status: 503 } });
    await until(() => held.length === 1);
    receiver.answer = ok;
    held[0]?.();
    await expect(Promise.all(both)).resolves.toHaveLength(2);
  });

  it('waits for a server that is away, at the start and later, and says so', async () => {
    const receiver = await receive();
    await receiver.stop();
    const connector = await open(receiver);
    await until(() => statuses.at(-1)?.detail.includes('ECONNREFUSED') === true);
    await expect(connector.publish(message())).rejects.toThrow('not connected');
    await receiver.start();
    await until(isOpen);
    await connector.publish(message());
    await receiver.stop();
    await expect(connector.publish(message())).rejects.toThrow();
    await until(() => !isOpen());
    await receiver.start();
    await until(isOpen);
    expect((await connector.publish(message())).status).toBe(204);
  });

  it('gives up on an answer that does not come', async () => {
    const receiver = await receive();
    receiver.answer = () => undefined;
    const connector = await open(receiver, { specificConfig: { idleTimeout: '50ms' } });
    await until(isOpen);
    await expect(connector.publish(message())).rejects.toThrow(/timeout/i);
  });

  describe('authorization', () => {
    it('is basic with user and password of the URI', async () => {
      const receiver = await receive();
      const connector = await open(receiver, { uri: `http://me:p%40ss@127.0.0.1:${receiver.port}` });
      await until(isOpen);
      await connector.publish(message());
      expect(receiver.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    });

    it('is a signature with HMAC credentials', async () => {
      const receiver = await receive();
      const parameters = { sharedKeyName: 'n', sharedKey: 'a2V5', endpoint: 'hub' };
      const connector = await open(receiver, { credentials: { type: 'hmac', algorithm: 'az-sasl', parameters } });
      await until(isOpen);
      await connector.publish(message());
      expect(receiver.seen[0]?.headers.authorization).toMatch(/^SharedAccessSignature sr=hub&sig=[^&]+&se=\d+&skn=n$/);
    });

    const credentials = (receiver: Receiver, type: string): JsonObject => ({
      type,
      tokenEndpoint: `http://127.0.0.1:${receiver.port}/token`,
      clientId: 'client',
      clientSecret: 'secret',
      requestedScopes: 'a b',
      ...(type === 'oauth-password' ? { username: 'u', password: 'p' } : undefined),
    });

    it.each([
      ['oauth-client-credentials', 'grant_type=client_credentials&client_id=client&client_secret=secret&scope=a+b'],
      ['oauth-password', 'grant_type=password&client_id=client&client_secret=secret&scope=a+b&username=u&password=p'],
    ])('is a token of %s, asked for again shortly before it expires', async (type, form) => {
      const receiver = await receive();
      let tokens = 0;
      let now = 0;
      receiver.answer = ({ url }, response) =>
        void response.end(url === '/token' ? JSON.stringify({ access_token: `t${++tokens}`, expires_in: 100 }) : '');
      const options = { tokensNeedHttps: false, now: () => now };
      const connector = await open(receiver, { credentials: credentials(receiver, type) }, options);
      await until(isOpen);
      await connector.publish(message());
      await connector.publish(message());
      now = 41_000;
      await connector.publish(message());
      expect(text(receiver.seen[0]?.body)).toBe(form);
      expect(receiver.seen.filter(({ url }) => url === '/out').map(({ headers }) => headers.authorization)).toEqual([
        'Bearer t1',
        'Bearer t1',
        'Bearer t2',
      ]);
    });

    it('gets a new token when the one it has is not accepted any more', async () => {
      const receiver = await receive();
      let tokens = 0;
      receiver.answer = ({ url, headers }, response) => {
        if (url === '/token') response.end(JSON.stringify({ access_token: `t${++tokens}` }));
        else response.writeHead(headers.authorization === 'Bearer t2' ? 200 : 401).end();
      };
      const change = { credentials: credentials(receiver, 'oauth-client-credentials') };
      const connector = await open(receiver, change, { tokensNeedHttps: false });
      await until(isOpen);
      expect((await connector.publish(message())).status).toBe(200);
    });

    it.each([
      ['a refusal', 401, '{"error":"invalid_client"}'],
      ['no token', 200, '{}'],
      ['no JSON', 200, 'x'],
    ])('fails, as the status tells, when the token endpoint answers %s', async (_, status, body) => {
      const receiver = await receive();
      receiver.answer = (_seen, response) => void response.writeHead(status).end(body);
      const change = { credentials: credentials(receiver, 'oauth-client-credentials') };
      await open(receiver, change, { tokensNeedHttps: false });
      await until(() => statuses.some(({ state }) => state === 'misconfigured'));
      expect(JSON.stringify(statuses)).toMatch(/gives no token/);
      expect(JSON.stringify(statuses)).not.toContain('secret');
    });

    it('sends no secret to a token endpoint without https', async () => {
      const receiver = await receive();
      await open(receiver, { credentials: credentials(receiver, 'oauth-client-credentials') });
      await until(() => statuses.some(({ state }) => state === 'misconfigured'));
      expect(receiver.seen).toEqual([]);
    });
  });
});
