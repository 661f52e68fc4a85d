import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { LogFields } from '@gemel/application/ports';
import { defineError } from '@gemel/model/errors';
import { HttpMetrics, buildHttpServer, defineRoute } from './index.js';
import type { Reply, Route } from './index.js';

const Refused = defineError('things:thing.notfound', 404, () => ({ message: 'No.' }));
const described = { method: 'GET', summary: 's', tag: 't', access: 'none', responses: {} } as const;

const errors: LogFields[] = [];
const ignore = () => undefined;
const log = { error: (fields: LogFields) => void errors.push(fields), warn: ignore, info: ignore, debug: ignore };

const routes: readonly Route[] = [
  defineRoute({ ...described, path: '/fine', handler: () => ({ status: 204 }) }),
  defineRoute({ ...described, path: '/header', handler: () => ({ status: 200, headers: { x: 'a\nb' } }) }),
  defineRoute({ ...described, path: '/status', handler: async () => ({ status: 9_999 }) }),
  defineRoute({
    ...described,
    path: '/refusal',
    handler: async () => {
      throw new Refused();
    },
    refusal: (): Reply => {
      throw new Error('the refusal fails, too');
    },
  }),
  defineRoute({
    ...described,
    path: '/body',
    // What the types forbid.
    handler: async () => ({ status: 200, headers: { etag: '1' }, body: JSON.parse('{"no":"text"}') as string }),
  }),
];

let server: FastifyInstance;
let url: string;

beforeEach(async () => {
  errors.length = 0;
  const metrics = new HttpMetrics(new Registry());
  const clock = { now: () => Date.now() };
  server = await buildHttpServer(routes, {
    authenticators: [],
    ids: { uuid: () => randomUUID() },
    clock,
    log,
    metrics,
  });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => server.close());

describe('answers that cannot be sent', () => {
  it.each(['/header', '/status', '/body'])('are a 500 while that can still be said: %s', async (path) => {
    const response = await fetch(url + path);
    expect(response.status).toBe(500);
    expect(errors).toHaveLength(1);
  });

  it('end the connection when it cannot, and nothing else', async () => {
    await expect(fetch(`${url}/refusal`)).rejects.toThrow();
    expect(errors.map(({ error }) => String(error))).toEqual(['Error: the refusal fails, too']);
    expect((await fetch(`${url}/fine`)).status).toBe(204);
  });
});
