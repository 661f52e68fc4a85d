import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import request from 'supertest';
import {
  HttpMetrics,
  PasswordAuthenticator,
  PreAuthenticator,
  buildHttpServer,
  defineRoute,
  jsonReply,
} from './index.js';
import type { HttpFrame, Route, ServerLimits } from './index.js';

const ignore = (): void => undefined;
const errors: string[] = [];
const log = {
  error: (_fields: object, text: string) => void errors.push(text),
  warn: ignore,
  info: ignore,
  debug: ignore,
};
const described = { summary: 's', tag: 't', responses: { 200: { description: 'd' } } };

const routes: readonly Route[] = [
  defineRoute({
    ...described,
    method: 'GET',
    path: '/api/2/echo',
    handler: (api) => jsonReply(200, { subjects: [...api.subjects], origin: api.origin }),
  }),
  defineRoute({
    ...described,
    method: 'PUT',
    path: '/api/2/echo',
    body: { description: 'b', mediaTypes: ['application/json'] },
    handler: (api) => jsonReply(200, api.context().headers),
  }),
  defineRoute({ ...described, method: 'GET', path: '/open', access: 'none', handler: () => jsonReply(200, 1) }),
  defineRoute({ ...described, method: 'GET', path: '/ready', access: 'none', handler: () => jsonReply(200, 1) }),
];

let server: FastifyInstance;
let url: string;

async function listen(frame: Partial<HttpFrame> = {}, limits: ServerLimits = {}): Promise<void> {
  server = await buildHttpServer(
    routes,
    {
      authenticators: [
        new PreAuthenticator(),
        new PasswordAuthenticator([{ name: 'ditto', password: 'ditto', role: 'user' }]),
      ],
      ids: { uuid: () => randomUUID() },
      clock: { now: () => Date.now() },
      log,
      metrics: new HttpMetrics(new Registry()),
      ...frame,
    },
    limits,
  );
  url = await server.listen({ port: 0, host: '127.0.0.1' });
}

afterEach(() => server.close());

/** Sends bytes as they are and gives what comes back until the server ends the connection. */
async function raw(text: string, { ends = true } = {}): Promise<string> {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  if (ends) socket.end(text);
  else socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const get = (path = '/api/2/echo') => request(url).get(path).auth('ditto', 'ditto');
const HEAD = 'GET /api/2/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';

describe('Headers limit', () => {
  beforeEach(() => listen());

  it('is 5,120 bytes of names and values, whoever sends them', async () => {
    const response = await request(url).get('/api/2/echo').set('x-long', 'x'.repeat(5_120)).expect(431);
    expect(response.body).toEqual({
      status: 431,
      error: 'headers.too.large',
      message: 'The headers are too large.',
      description: 'Those of a signal may have 5,120 bytes together.',
    });
  });

  it('counts parameters that stand for headers, and neither credentials nor cookies', async () => {
    await get()
      .query({ condition: 'x'.repeat(5_100) })
      .expect(431);
    await get()
      .query({ other: 'x'.repeat(5_100) })
      .expect(200);
    await get()
      .set('cookie', `a=${'x'.repeat(6_000)}`)
      .expect(200);
    await request(url).get('/open').set('x-long', 'x'.repeat(6_000)).expect(200);
  });

  it.each([
    ['many', Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`x-${String(n)}`, 'v']))],
    ['long', { cookie: 'x'.repeat(17_000) }],
    ['more than the parser takes', { 'x-1': 'x'.repeat(16_000), 'x-2': 'x'.repeat(16_000), 'x-3': 'x'.repeat(16_000) }],
  ])('refuses %s headers', async (_what, headers) => {
    const response = await get().set(headers).expect(431);
    expect(response.body).toMatchObject({ error: 'headers.too.large', message: 'The headers are too large.' });
  });

  it('is 100 authorization subjects', async () => {
    const subjects = (count: number) => Array.from({ length: count }, (_, n) => `a:${String(n)}`).join();
    await request(url).get('/api/2/echo').set('x-ditto-pre-authenticated', subjects(100)).expect(200);
    const response = await request(url).get('/api/2/echo').set('x-ditto-pre-authenticated', subjects(101)).expect(431);
    expect(response.body.description).toBe(
      'The number of authorization subjects <101> exceeded the maximum allowed value <100>.',
    );
  });
});

describe('HTTP limits', () => {
  it('end connections that send a request byte by byte', async () => {
    await listen({}, { headTimeoutMs: 200 });
    const answer = await raw('GET /open HTTP/1.1\r\nHost: a\r\n', { ends: false });
    expect(answer).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    expect(answer).toContain('gemel:request.incomplete');
  });

  it('are 8,192 characters of URL', async () => {
    await listen();
    const rest = (length: number) => `/api/2/echo?q=${'x'.repeat(length - 14)}`;
    await get(rest(8_192)).expect(200);
    await get(rest(8_193)).expect(414);
  });
});

describe('Duplicate headers', () => {
  beforeEach(() => listen());

  it.each(['X-Custom', 'Accept', 'correlation-id', 'Authorization'])('are refused, as %s', async (name) => {
    const answer = await raw(`${HEAD}${name}: a\r\n${name.toUpperCase()}: b\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
      status: 400,
      error: 'gateway:duplicate.header.field',
      message: `The request has the header '${name.toUpperCase()}' more than once.`,
      description: 'Send it once: of several nobody could tell which one counts.',
      href: 'https://www.rfc-editor.org/rfc/rfc9110#section-5.3',
    });
  });

  it('are taken where proxies each add one', async () => {
    expect(await raw(`${HEAD}Authorization: Token ditto:ditto\r\nVia: a\r\nVia: b\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('are refused as header and parameter that differ', async () => {
    const response = await get().query({ condition: 'a' }).set('condition', 'b').expect(400);
    expect(response.body).toMatchObject({
      error: 'gateway:duplicate.header.field',
      message: "The header 'condition' and the query parameter of that name say different things.",
    });
    await get().query({ condition: 'a' }).set('condition', 'a').expect(200);
  });
});

describe('CORS', () => {
  const ORIGIN = { origin: 'http://a.example' };

  it('lets no browser in from elsewhere unless configured', async () => {
    await listen();
    const response = await request(url).options('/open').set(ORIGIN).expect(405);
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('answers what browsers ask, and lets them read errors, at configured origins', async () => {
    await listen({ corsOrigins: [ORIGIN.origin] });
    const preflight = await request(url)
      .options('/api/2/echo')
      .set({ ...ORIGIN, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' })
      .expect(200);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN.origin,
      'access-control-allow-methods': 'OPTIONS, GET, PUT, PATCH, POST, HEAD, DELETE',
      'access-control-allow-headers': 'authorization',
      vary: 'Origin',
    });
    const refusal = await request(url).get('/api/2/echo').set(ORIGIN).expect(401);
    expect(refusal.headers['access-control-allow-origin']).toBe(ORIGIN.origin);
    expect(refusal.headers['access-control-expose-headers']).toContain('etag');
    const stranger = await request(url).get('/open').set('origin', 'http://b.example').expect(200);
    expect(stranger.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('names whoever asks where any origin may', async () => {
    await listen({ corsOrigins: ['*'] });
    expect((await request(url).get('/open').set(ORIGIN)).headers['access-control-allow-origin']).toBe(ORIGIN.origin);
    expect((await request(url).get('/open')).headers['access-control-allow-origin']).toBe('*');
    await request(url).options('/nothing').expect(200);
  });
});

describe('HTTPS redirect', () => {
  const secured = { 'x-forwarded-proto': 'https' };

  it('refuses what came without TLS, probes excepted', async () => {
    await listen({ https: { isForced: true, redirects: false } });
    const response = await get().expect(404);
    expect(response.text).toBe('Connection via plain HTTP not supported, please connect via HTTPS instead');
    expect(response.headers['content-type']).toMatch(/^text\/plain/);
    await get().set(secured).expect(200);
    await get().set('x_forwarded_proto', 'HTTPS').expect(200);
    await request(url).get('/ready').expect(200);
  });

  it('sends browsers to https, and no client of the API', async () => {
    await listen({ https: { isForced: true, redirects: true } });
    const response = await request(url).get('/open?a=b').set('host', 'twins.example').expect(301);
    expect(response.headers['location']).toBe('https://twins.example/open?a=b');
    await get().expect(404);
  });

  it('is believed where the proxy is trusted, and nowhere else', async () => {
    const origin = { ...secured, 'x-forwarded-host': 'twins.example' };
    await listen({}, { trustsForwarded: true });
    expect((await get().set(origin)).body.origin).toBe('https://twins.example');
    await server.close();
    await listen();
    expect((await get().set(origin)).body.origin).toBe(url);
  });
});

describe('headers of any kind', () => {
  it('never make the server fail', async () => {
    await listen({ corsOrigins: ['*'] });
    const known = [
      'authorization',
      'x-ditto-pre-authenticated',
      'correlation-id',
      'content-type',
      'condition',
      'if-match',
      'if-none-match',
      'if-equal',
      'timeout',
      'response-required',
      'channel',
      'origin',
      'access-control-request-headers',
      'x-forwarded-proto',
      'traceparent',
      'tracestate',
      'accept',
      'requested-acks',
      'put-metadata',
      'get-metadata',
      'at-historical-revision',
    ];
    const value = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('Bearer', 'Bearer a.b.c', 'Basic', 'Basic =', 'true', '-1', '*', '"', '[]', '{}', '__proto__'),
    );
    const printable = value.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...known), printable), async (headers) => {
        const text = Object.entries(headers).map(([name, one]) => `${name}: ${one}\r\n`);
        const answer = await raw(
          `PUT /api/2/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${text.join('')}Content-Length: 1\r\n\r\n1`,
        );
        expect(answer).toMatch(/^HTTP\/1.1 [234]\d\d /);
      }),
      { numRuns: 200 },
    );
    expect(errors).toEqual([]);
  });
});
