import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import request from 'supertest';
import type { LogFields } from '@gemel/application/ports';
import { defineError } from '@gemel/model/errors';
import {
  HttpMetrics,
  PasswordAuthenticator,
  PreAuthenticator,
  buildHttpServer,
  defineRoute,
  jsonReply,
} from './index.js';
import type { HttpFrame, Route } from './index.js';

const Refused = defineError('things:thing.notfound', 404, () => ({ message: 'No.' }));

const errors: LogFields[] = [];
const log = {
  error: (fields: LogFields) => void errors.push(fields),
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

const users = [
  { name: 'ditto', password: 'dit:to', role: 'user' },
  { name: 'devops', password: 'foobar', role: 'operator' },
  { name: 'devops', password: 'status', role: 'status' },
] as const;

function frame(options: Partial<HttpFrame> = {}): HttpFrame {
  return {
    authenticators: [new PreAuthenticator(), new PasswordAuthenticator(users)],
    ids: { uuid: () => randomUUID() },
    clock: { now: () => Date.now() },
    log,
    metrics: new HttpMetrics(new Registry()),
    ...options,
  };
}

const described = { summary: 's', tag: 't', responses: { 200: { description: 'd' } } };
const JSON_BODY = { description: 'b', mediaTypes: ['application/json'] };

const routes: readonly Route[] = [
  defineRoute({
    ...described,
    method: 'GET',
    path: '/api/2/echo/:id/rest/*',
    handler: (api) => jsonReply(200, [api.param('id'), api.param('*'), [...api.queryAll('q')]]),
  }),
  defineRoute({
    ...described,
    method: 'PUT',
    path: '/api/2/echo/:id',
    body: JSON_BODY,
    handler: (api) => jsonReply(200, { body: api.json(), headers: api.context().headers, subjects: [...api.subjects] }),
  }),
  defineRoute({
    ...described,
    method: 'GET',
    path: '/open',
    access: 'none',
    handler: async () => jsonReply(200, 'open'),
  }),
  defineRoute({ ...described, method: 'GET', path: '/operate', access: 'operator', handler: () => jsonReply(200, 1) }),
  defineRoute({ ...described, method: 'GET', path: '/state', access: 'status', handler: () => jsonReply(200, 1) }),
  defineRoute({
    ...described,
    method: 'GET',
    path: '/fail/:how',
    access: 'none',
    handler: async (api) => {
      if (api.param('how') === 'refusal') throw new Refused();
      throw new TypeError('secret detail');
    },
  }),
];

let server: FastifyInstance;
let url: string;

async function listen(options?: Partial<HttpFrame>): Promise<void> {
  server = await buildHttpServer(routes, frame(options), { maxBodyBytes: 2_000 });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
}

beforeEach(() => listen());
afterEach(() => server.close());

/** Sends bytes as they are and gives what comes back until the server ends the connection. */
async function raw(text: string | Buffer): Promise<string> {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('authentication', () => {
  it('refuses whoever comes without credentials', async () => {
    const response = await request(url).get('/api/2/echo/a/rest/b').expect(401);
    expect(response.body).toEqual({
      status: 401,
      error: 'gateway:authentication.failed',
      message: 'The request holds no credentials.',
      description: 'Check your credentials.',
    });
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(response.headers['correlation-id']).toBeDefined();
  });

  it.each([
    ['/operate', 'Basic realm="DITTO-DEVOPS", charset="UTF-8"'],
    ['/state', 'Basic realm="DITTO-STATUS", charset="UTF-8"'],
  ])('challenges whoever comes to %s without credentials', async (path, challenge) => {
    const response = await request(url).get(path).expect(401);
    expect(response.headers['www-authenticate']).toBe(challenge);
  });

  it.each(['Basic !!!', 'Basic', 'Bearer abc', `Basic ${btoa('ditto')}`, `Basic ${btoa('ditto:')}`, 'Token x'])(
    'refuses %j',
    async (authorization) => {
      await request(url).get('/api/2/echo/a/rest/b').set({ authorization }).expect(401);
    },
  );

  it.each([`Basic ${btoa('ditto:dit:to')}`, `basic ${btoa('ditto:dit:to')}`, 'Token ditto:dit:to'])(
    'lets in with %j, each time',
    async (authorization) => {
      for (let time = 0; time < 2; time++)
        await request(url).get('/api/2/echo/a/rest/b').set({ authorization }).expect(200);
    },
  );

  it('keeps users from operator routes and operators from user routes', async () => {
    await request(url).get('/operate').auth('ditto', 'dit:to').expect(401);
    await request(url).get('/operate').auth('devops', 'foobar').expect(200);
    await request(url).get('/api/2/echo/a/rest/b').auth('devops', 'foobar').expect(401);
    await request(url).get('/open').expect(200, '"open"');
  });

  it('trusts pre-authenticated subjects in header or query, in their order', async () => {
    const put = () => request(url).put('/api/2/echo/x').set('content-type', 'application/json').send('1');
    const response = await put().set('x-ditto-pre-authenticated', 'a:b, c:d:e').expect(200);
    expect(response.body.subjects).toEqual(['a:b', 'c:d:e']);
    await put().query({ 'x-ditto-pre-authenticated': 'a:b' }).expect(200);
    expect((await put().set('x-ditto-pre-authenticated', ' a ,,b').expect(200)).body.subjects).toEqual(['a', 'b']);
    await put().set('x-ditto-pre-authenticated', '').expect(401);
  });

  it('refuses pre-authenticated subjects that are none', async () => {
    const response = await request(url).get('/api/2/echo/a/rest/b').set('x-ditto-pre-authenticated', ' ,').expect(401);
    expect(response.body.message).toBe("'x-ditto-pre-authenticated: ,' names no subject.");
    await request(url).get('/api/2/echo/a/rest/b').query({ 'x-ditto-pre-authenticated': 'a:b\nc:d' }).expect(400);
  });

  it('tries other credentials when the first are refused, and names every refusal when all are', async () => {
    const get = () => request(url).get('/api/2/echo/a/rest/b').set('x-ditto-pre-authenticated', ',');
    await get().auth('ditto', 'dit:to').expect(200);
    const { body } = await get().auth('ditto', 'wrong').expect(401);
    expect(body).toMatchObject({
      message: 'The request holds several credentials, and none was accepted.',
      description: expect.stringMatching(/^What would help each of them: \{ .* \}, \{ .* \}\.$/),
    });
  });

  it('lets operators see the state, and those with its password nothing else', async () => {
    await request(url).get('/state').auth('devops', 'foobar').expect(200);
    await request(url).get('/state').auth('devops', 'status').expect(200);
    await request(url).get('/state').auth('ditto', 'dit:to').expect(401);
    await request(url).get('/operate').auth('devops', 'status').expect(401);
  });

  it('asks nobody at doors that are open', async () => {
    await server.close();
    await listen({ doors: { operator: 'open' } });
    await request(url).get('/operate').expect(200);
    await request(url).get('/state').expect(401);
  });
});

describe('paths', () => {
  const get = (path: string) => request(url).get(path).auth('ditto', 'dit:to');

  it.each([
    ['/api/2/echo/a%3Ab/rest/c/d', ['a:b', 'c/d', []]],
    ['/api/2/echo/%2520/rest/%252F', ['%20', '%2F', []]],
    ['/api/2/echo/%C3%A4/rest/~1?q=a+b&q=%2B', ['ä', '~1', ['a b', '+']]],
    ['/api/2/echo/__proto__/rest/constructor', ['__proto__', 'constructor', []]],
    ['/api/2/echo/a/rest/b//c', ['a', 'b//c', []]],
  ])('decodes %s once', async (path, expected) => {
    const response = await get(path).expect(200);
    expect(response.body).toEqual(expected);
  });

  it.each([
    ['/api/2/echo/%', 400, 'gemel:url.invalid'],
    ['/api/2/echo/%ff/rest/x', 400, 'gemel:url.invalid'],
    ['/api/2/echo/a/rest/b?q=%zz', 400, undefined],
    ['/api/2/echo/a//rest', 400, 'json.pointer.invalid'],
    ['/api/2/nothing', 404, undefined],
    ['/nothing', 404, undefined],
    ['/api/1/things', 404, 'api.version.notsupported'],
    [`/api/2/echo/${'x'.repeat(9_000)}/rest/a`, 414, 'gemel:uri.toolong'],
  ])('answers %s with %i', async (path, status, code) => {
    const response = await get(path).expect(status);
    if (code !== undefined) expect(response.body.error).toBe(code);
    expect(response.headers['correlation-id']).toBeDefined();
  });

  it('names the allowed methods of a known path', async () => {
    const response = await request(url).delete('/api/2/echo/a').expect(405);
    expect(response.headers['allow']).toBe('PUT');
    expect(response.body.error).toBe('gateway:method.notallowed');
    await request(url).put('/open').expect(405);
  });

  it.each(['PROPFIND', 'QUERY', 'M-SEARCH'])('allows no method that is of no use here, as %s', async (method) => {
    const answer = await raw(`${method} /open HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 405 [^]*correlation-id: [^]*"error":"gateway:method.notallowed"/);
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await request(url).head('/open').expect(200);
    expect(response.headers['content-length']).toBe('6');
  });
});

describe('headers', () => {
  const put = (body = '1') =>
    request(url).put('/api/2/echo/x').auth('ditto', 'dit:to').set('content-type', 'application/json').send(body);

  it('echoes the correlation id and sends custom headers on, but not those of HTTP', async () => {
    const response = await put().set({ 'Correlation-ID': 'c-1', 'X-Custom': 'yes', 'Ditto-Sudo': 'true' }).expect(200);
    expect(response.headers['correlation-id']).toBe('c-1');
    expect(response.body.headers).toEqual({ 'correlation-id': 'c-1', 'x-custom': 'yes' });
  });

  it('takes headers as query parameters', async () => {
    const response = await put().query({ 'correlation-id': 'c-2' }).expect(200);
    expect(response.headers['correlation-id']).toBe('c-2');
  });

  it.each([['dry-run', 'true']])('refuses %s: %s, which it could not obey', async (name, value) => {
    const response = await put().set(name, value).expect(400);
    expect(response.body.error).toBe('header.notsupported');
  });

  it.each([
    ['declared-acks', '{'],
    ['declared-acks', '"a:b"'],
    ['version', 'two'],
    ['channel', 'radio'],
  ])('refuses %s: %s, which is not of its type', async (name, value) => {
    const response = await put().set(name, value).expect(400);
    expect(response.body.error).toBe('header.invalid');
    await put().set({ 'declared-acks': '["a:b"]', version: '2', channel: 'twin' }).expect(200);
  });

  it('answers what is not HTTP', async () => {
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('bodies', () => {
  const put = (body: string, type: string) =>
    request(url).put('/api/2/echo/x').auth('ditto', 'dit:to').set('content-type', type).send(body);
  const HEAD = 'PUT /api/2/echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Token ditto:dit:to\r\n';

  it('keeps hostile keys as keys', async () => {
    const response = await put('{"__proto__":{"a":1},"constructor":2}', 'application/json; charset=utf-8').expect(200);
    expect(response.text).toContain('"body":{"__proto__":{"a":1},"constructor":2}');
  });

  it.each([
    ['{', 'application/json', 400, 'json.invalid'],
    ['', 'application/json', 400, 'json.invalid'],
    ['['.repeat(900), 'application/json', 400, 'json.invalid'],
    ['1e999', 'application/json', 400, 'json.invalid'],
    ['1', 'text/plain', 415, 'mediatype.unsupported'],
    ['1', 'nonsense', 415, 'mediatype.unsupported'],
    ['1', 'application/merge-patch+json', 415, 'mediatype.unsupported'],
    [`"${'x'.repeat(3_000)}"`, 'application/json', 413, 'gemel:request.toolarge'],
  ])('answers %j as %s with %i', async (body, type, status, code) => {
    const response = await put(body, type).expect(status);
    expect(response.body.error).toBe(code);
  });

  it('answers 400 to text that is not UTF-8', async () => {
    const head = Buffer.from(`${HEAD}Content-Type: application/json\r\nContent-Length: 3\r\n\r\n`);
    expect(await raw(Buffer.concat([head, Buffer.from([0x22, 0xff, 0x22])]))).toMatch(/^HTTP\/1.1 400 /);
  });

  it('answers 401 before it reads a body', async () => {
    await request(url).put('/api/2/echo/x').set('content-type', 'nonsense').send('{').expect(401);
  });

  it('says which content types are allowed', async () => {
    const answer = await raw(`${HEAD}Content-Length: 1\r\n\r\n1`);
    expect(answer).toMatch(/^HTTP\/1.1 415 /);
    expect(answer).toContain('application/json');
  });
});

describe('errors', () => {
  it('become Ditto error JSON when they are refusals', async () => {
    await request(url).get('/fail/refusal').expect(404, {
      status: 404,
      error: 'things:thing.notfound',
      message: 'No.',
    });
  });

  it('become a 500 that tells nothing but where to look when they are bugs', async () => {
    errors.length = 0;
    const response = await request(url).get('/fail/bug').expect(500);
    expect(response.body.error).toBe('internalerror');
    expect(response.text).not.toContain('secret');
    expect(errors).toHaveLength(1);
    expect(response.body.description).toContain(String(errors[0]?.['errorId']));
  });
});
