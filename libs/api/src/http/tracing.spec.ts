import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import request from 'supertest';
import type { LogFields } from '@gemel/application/ports';
import { defineError } from '@gemel/model/errors';
import { HttpMetrics, PasswordAuthenticator, buildHttpServer, defineRoute, jsonReply } from './index.js';
import type { HttpFrame, Route } from './index.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

interface Line {
  readonly level: string;
  readonly fields: LogFields;
  readonly message: string;
}

let lines: Line[] = [];
let server: FastifyInstance;

const described = { summary: 's', tag: 't', responses: { 200: { description: 'd' } } };
const Unavailable = defineError('gemel:store.unavailable', 503, () => ({ message: 'No.' }));

const routes: readonly Route[] = [
  defineRoute({
    ...described,
    method: 'PUT',
    path: '/things/:thingId',
    body: { description: 'b', mediaTypes: ['application/json'] },
    handler: (api) => jsonReply(200, api.context().headers),
  }),
  defineRoute({
    ...described,
    method: 'DELETE',
    path: '/things/:thingId',
    handler: (api) => {
      throw api.param('thingId') === 'away' ? new Unavailable() : new TypeError('a bug');
    },
  }),
  defineRoute({
    ...described,
    method: 'GET',
    path: '/ready',
    access: 'none',
    handler: () => jsonReply(503, {}),
  }),
];

function frame(): HttpFrame {
  const line = (level: string) => (fields: LogFields, message: string) => void lines.push({ level, fields, message });
  return {
    authenticators: [new PasswordAuthenticator([{ name: 'ditto', password: 'ditto', role: 'user' }])],
    ids: { uuid: () => randomUUID() },
    clock: { now: () => Date.now() },
    log: { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') },
    metrics: new HttpMetrics(new Registry()),
  };
}

async function open(options: Partial<HttpFrame> = {}): Promise<void> {
  server = await buildHttpServer(routes, { ...frame(), ...options });
  await server.listen({ host: '127.0.0.1', port: 0 });
}

beforeEach(() => {
  lines = [];
});
afterEach(() => server.close());

const put = (headers: Record<string, string>) =>
  request(server.server).put('/things/a:b').auth('ditto', 'ditto').set(headers).send({}).expect(200);

describe('the trace of a request', () => {
  it('goes on in the signal with a step of its own', async () => {
    await open();
    const { body } = await put({ traceparent: PARENT, tracestate: 'vendor=1' });
    expect(body.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect(body.tracestate).toBe('vendor=1');
  });

  it('is none when none came, or a wrong one, and its state is left out with it', async () => {
    await open();
    for (const headers of [{}, { traceparent: 'wrong', tracestate: 'vendor=1' }, { tracestate: 'vendor=1' }]) {
      const { body } = await put({ ...headers });
      expect(Object.keys(body)).toEqual(['correlation-id']);
    }
  });

  it('begins here when that is wished', async () => {
    await open({ beginsTraces: true });
    const begun = await put({});
    expect(begun.body.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    const continued = await put({ traceparent: PARENT });
    expect(continued.body.traceparent).toContain(TRACE);
  });
});

describe('the log of a request', () => {
  it('is one line at debug, with its route and never its path', async () => {
    await open();
    const answer = await put({ traceparent: PARENT, 'correlation-id': 'mine' });
    expect(answer.headers['correlation-id']).toBe('mine');
    expect(lines).toEqual([
      {
        level: 'debug',
        message: 'answered a request',
        fields: {
          method: 'PUT',
          route: '/things/:thingId',
          status: 200,
          ms: expect.any(Number) as number,
          correlationId: 'mine',
          traceId: TRACE,
        },
      },
    ]);
  });

  it('is a warning when the server could not do it; of a bug there is the error, too', async () => {
    await open();
    const remove = (id: string) => request(server.server).delete(`/things/${id}`).auth('ditto', 'ditto');
    await remove('away').expect(503);
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
    lines = [];
    await remove('bug').set('traceparent', PARENT).expect(500);
    expect(lines.map(({ level, fields }) => [level, fields['traceId']])).toEqual([
      ['error', TRACE],
      ['warn', TRACE],
    ]);
  });

  it('does not complain of what probes are told', async () => {
    await open();
    await request(server.server).get('/ready').expect(503);
    expect(lines.map(({ level }) => level)).toEqual(['debug']);
  });
});
