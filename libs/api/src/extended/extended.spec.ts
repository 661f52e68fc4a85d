import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import request from 'supertest';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';
import { HttpMetrics, buildHttpServer } from '../http/index.js';
import { twinRoutes, typeRoutes } from './index.js';

const POLICY = 'example:policy';
const THING = { policyId: POLICY, attributes: { name: 'n' }, features: { f: { properties: { value: 1 } } } };
const ignore = () => undefined;

describe('the extended API', () => {
  let app: OpenComposition;
  let server: FastifyInstance;
  let url: string;

  beforeEach(async () => {
    app = await openComposition();
    const { owner, stranger } = app;
    server = await buildHttpServer([...typeRoutes(app), ...twinRoutes(app)], {
      authenticators: [
        {
          authenticate: (credentials) => ({
            subjects: (credentials.header('x-who') === 'stranger' ? stranger : owner).subjects,
            role: 'user',
          }),
        },
      ],
      ids: { uuid: () => 'uuid' },
      clock: { now: () => Date.now() },
      log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
      metrics: new HttpMetrics(new Registry()),
    });
    url = await server.listen({ port: 0, host: '127.0.0.1' });
    for (const [path, body] of [
      ['types/example:car', THING],
      ['types/example:car/children/example:wheel/4', THING],
      ['twins/example:mycar', THING],
      ['twins/example:mycar/children/example:trailer', THING],
    ] as const) {
      await request(url).put(`/api/${path}`).send(body).expect(201);
    }
  });

  afterEach(() => server.close());

  type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';
  const send = (verb: Verb, path: string, body?: object | string) => {
    const test = request(url)[verb](`/api/${path}`);
    return body === undefined ? test : test.set('content-type', 'application/json').send(body);
  };
  const wheel = { thingId: 'example:wheel', ...THING, attributes: { name: 'n', _parents: { 'example:car': 4 } } };
  const trailer = { thingId: 'example:trailer', ...THING, attributes: { name: 'n', _parents: 'example:mycar' } };
  const car = { thingId: 'example:car', ...THING };
  const mycar = { thingId: 'example:mycar', ...THING };
  const restricted = { attributes: { copyOf: null } };
  const nothing = undefined;

  it.each<[Verb, string, object | string | undefined, number, unknown]>([
    ['get', 'types', nothing, 200, [car]],
    ['get', 'types/', nothing, 200, [car]],
    ['get', 'twins', nothing, 200, [mycar]],
    ['get', 'types/all', nothing, 200, [car, wheel]],
    ['get', 'types/all?option=size(200)', nothing, 200, [car, wheel]],
    ['get', 'types/example:car', nothing, 200, car],
    ['get', 'twins/example:mycar', nothing, 200, mycar],
    ['get', 'twins/example:car', nothing, 412, ''],
    ['get', 'types/example:mycar', nothing, 412, ''],
    ['get', 'types/example:none', nothing, 404, ''],
    ['get', 'types/no-id', nothing, 400, ''],
    ['get', 'types/example:car/children', nothing, 200, [wheel]],
    ['get', 'types/example:wheel/children', nothing, 200, []],
    ['get', 'types/example:none/children', nothing, 200, []],
    ['get', 'types/example:car/children?option=size(1)', nothing, 200, [wheel]],
    ['get', 'types/no-id/children', nothing, 400, []],
    ['get', 'twins/example:mycar/children', nothing, 200, [trailer]],
    ['get', 'types/example:wheel/parent', nothing, 200, { 'example:car': 4 }],
    ['get', 'types/example:car/parent', nothing, 404, ''],
    ['get', 'types/example:trailer/parent', nothing, 412, ''],
    ['get', 'twins/example:trailer/parent', nothing, 200, 'example:mycar'],
    ['get', 'twins/example:mycar/parent', nothing, 404, ''],
    ['get', 'twins/example:none/parent', nothing, 404, ''],
    ['post', 'types', {}, 400, expect.stringContaining('body cannot be empty')],
    ['post', 'types', nothing, 400, expect.stringContaining('body cannot be empty')],
    ['post', 'types', restricted, 442, expect.stringContaining('_isType, _parents, type, copyOf')],
    ['post', 'types', [], 400, expect.any(String)],
    ['post', 'types', '{"a":', 400, expect.any(String)],
    ['put', 'twins/example:mycar', THING, 204, ''],
    ['put', 'twins/example:mycar', {}, 200, { ...mycar, attributes: { name: 'n', _isType: false } }],
    ['put', 'twins/example:new', {}, 400, expect.any(String)],
    ['put', 'twins/example:mycar', restricted, 442, expect.any(String)],
    ['put', 'twins/example:car', THING, 412, ''],
    ['put', 'twins/example:new', { ...THING, attributes: 'text' }, 400, expect.any(String)],
    ['patch', 'twins/example:mycar', { attributes: null }, 204, ''],
    ['patch', 'twins/example:new', THING, 201, { thingId: 'example:new', ...THING }],
    ['patch', 'twins/example:new', nothing, 400, expect.any(String)],
    ['patch', 'types/example:mycar', THING, 412, ''],
    ['delete', 'types/example:car', nothing, 204, ''],
    ['delete', 'types/example:mycar', nothing, 412, ''],
    ['delete', 'types/example:none', nothing, 404, ''],
    ['delete', 'types/example:car/children', nothing, 404, expect.any(String)],
    ['put', 'types/example:car/children/example:wheel/2', nothing, 200, ''],
    ['put', 'types/example:car/children/example:wheel/2', THING, 204, ''],
    ['put', 'types/example:car/children/example:new/2', nothing, 400, expect.any(String)],
    ['put', 'types/example:car/children/example:wheel/3abc', nothing, 400, expect.stringContaining('3abc')],
    ['put', 'types/example:car/children/example:wheel/0', nothing, 400, expect.any(String)],
    ['put', 'types/example:car/children/example:wheel/1000000000', nothing, 400, expect.any(String)],
    ['put', 'types/example:none/children/example:wheel/2', nothing, 404, expect.stringContaining('example:none')],
    ['put', 'types/example:mycar/children/example:wheel/2', nothing, 412, expect.stringContaining('example:mycar')],
    [
      'put',
      'types/example:wheel/children/example:car/1',
      nothing,
      409,
      expect.stringContaining('example:car > example:wheel > example:car'),
    ],
    [
      'patch',
      'types/example:car/children/example:wheel/unlink',
      nothing,
      200,
      'The things have been correctly unlinked',
    ],
    [
      'patch',
      'types/example:wheel/children/example:car/unlink',
      nothing,
      400,
      'example:wheel is not parent of example:car',
    ],
    ['patch', 'types/example:car/children/unlink', nothing, 200, ''],
    ['patch', 'twins/example:trailer/children/unlink', nothing, 200, ''],
    ['patch', 'twins/example:car/children/unlink', nothing, 412, ''],
    ['patch', 'types/example:wheel/parent/unlink', nothing, 204, ''],
    ['patch', 'twins/example:mycar/parent/unlink', nothing, 204, ''],
    ['patch', 'twins/example:none/parent/unlink', nothing, 404, ''],
    ['put', 'twins/example:mycar/children/example:trailer', nothing, 200, ''],
    ['put', 'twins/example:mycar/children/example:trailer', THING, 204, ''],
    ['put', 'twins/example:mycar/children/example:car', nothing, 412, ''],
    ['put', 'twins/example:mycar/children/example:new', nothing, 400, expect.any(String)],
    [
      'delete',
      'twins/example:mycar/children',
      nothing,
      200,
      'Thing example:mycar and their children deleted correctly.',
    ],
    ['delete', 'twins/example:car/children', nothing, 412, ''],
    ['post', 'types/example:car/create/example:other', nothing, 200, ''],
    ['post', 'types/example:car/create/example:other', { attributes: { name: 'x' } }, 200, ''],
    ['post', 'types/example:car/create/example:mycar', {}, 400, expect.stringContaining('already exist')],
    ['post', 'types/example:car/create/example:wheel', {}, 400, expect.stringContaining('already exist')],
    ['post', 'types/example:mycar/create/example:other', {}, 412, ''],
    ['post', 'types/example:car/create/example:other', restricted, 442, expect.any(String)],
    ['post', 'twins/example:mycar/duplicate/example:copy', nothing, 200, ''],
    ['post', 'twins/example:car/duplicate/example:copy', nothing, 412, ''],
    ['post', 'twins/example:mycar/duplicate/example:car', nothing, 400, expect.stringContaining('already exist')],
  ])('%s %s with %j answers %i', async (verb, path, body, status, answer) => {
    const response = await send(verb, path, body);

    expect([response.status, response.text === '' ? '' : JSON.parse(response.text)]).toEqual([status, answer]);
  });

  it('indents JSON by two spaces', async () => {
    const response = await send('get', 'types/example:wheel/parent');

    expect(response.text).toBe('{\n  "example:car": 4\n}');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('answers a composed operation with an empty JSON string', async () => {
    expect((await send('post', 'types/example:car/create/example:other')).text).toBe('""');
  });

  it('gives pages as items with a cursor, also the last one when it lists children', async () => {
    await send('put', 'twins/example:mycar/children/example:trunk', THING);

    const first = (await send('get', 'twins/example:mycar/children?option=size(1)')).body as {
      items: [];
      cursor: string;
    };
    expect(first).toEqual({ items: [trailer], cursor: expect.any(String) });
    const next = encodeURIComponent(`size(1),cursor(${first.cursor})`);
    expect((await send('get', `twins/example:mycar/children?option=${next}`)).body).toMatchObject({
      items: [{ thingId: 'example:trunk' }],
    });
  });

  it('creates with an id of the server’s', async () => {
    const { body } = await send('post', 'types', THING).expect(201);

    expect(body).toEqual({ thingId: expect.stringMatching(/^org\.eclipse\.ditto:/), ...THING });
  });

  it('makes the car of the documentation', async () => {
    await send('post', 'types/example:car/create/example:second').expect(200);

    const { body } = await send('get', 'twins/example:second/children').expect(200);
    expect(body).toEqual(
      [1, 2, 3, 4].map((index) => ({
        thingId: `example:second:wheel_${String(index)}`,
        policyId: POLICY,
        attributes: { name: 'n', _parents: 'example:second', type: 'example:wheel' },
        features: { f: { properties: { value: null } } },
      })),
    );
  });

  it('decides by the caller’s policies', async () => {
    const stranger = (verb: Verb, path: string) => send(verb, path).set('x-who', 'stranger');

    await stranger('get', 'types/example:car').expect(404, '');
    await stranger('delete', 'twins/example:mycar/children').expect(404);
    expect((await stranger('get', 'types').expect(200)).body).toEqual([]);
    expect((await send('get', 'twins/example:mycar').expect(200)).body).toEqual(mycar);
  });
});
