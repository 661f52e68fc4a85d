import request from 'supertest';
import { openExtendedApi } from '@gemel/testkit/http-api';
import type { OpenExtendedApi } from '@gemel/testkit/http-api';

const POLICY = 'example:policy';
const THING = { policyId: POLICY, attributes: { name: 'n' }, features: { f: { properties: { value: 1 } } } };

const POLICIES = ['example:links', 'example:policy', 'example:readonly', 'example:shared'];

describe('the extended API', () => {
  let api: OpenExtendedApi;

  beforeEach(async () => {
    api = await openExtendedApi();
    for (const [path, body] of [
      ['types/example:car', THING],
      ['types/example:car/children/example:wheel/4', THING],
      ['twins/example:mycar', THING],
      ['twins/example:mycar/children/example:trailer', THING],
    ] as const) {
      await request(api.url).put(`/api/${path}`).send(body).expect(201);
    }
  });

  afterEach(() => api.close());

  type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';
  const send = (verb: Verb, path: string, body?: object | string) => {
    const test = request(api.url)[verb](`/api/${path}`);
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
    ['put', 'types', THING, 404, 'The method PUT is not allowed on this resource.'],
    ['post', 'twins/example:mycar/children', THING, 404, 'The method POST is not allowed on this resource.'],
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
    ['get', 'policies', nothing, 200, POLICIES],
    ['get', 'policies/', nothing, 200, POLICIES],
    ['put', 'types/fix', nothing, 200, ''],
    ['put', 'twins/fix', nothing, 200, ''],
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
    ['patch', 'twins/example:trailer', { attributes: { '{{ ~_.*~ }}': null } }, 442, expect.any(String)],
    ['patch', 'twins/example:trailer', { '{{ /a.*/ }}': null }, 442, expect.any(String)],
    ['patch', 'twins/example:trailer', { attributes: { '{{ ~na.*~ }}': null } }, 204, ''],
    ['patch', 'twins/example:trailer', { attributes: { '{{ ~(~ }}': null } }, 400, expect.any(String)],
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
    ['post', 'types/example:mycar/create/example:trailer', {}, 400, expect.stringContaining('already exist')],
    ['post', 'types/example:none/create/example:other', {}, 404, ''],
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

  it('takes options of several parameters as of one', async () => {
    await send('put', 'types/example:truck', THING).expect(201);

    const answer = await send('get', 'types?option=size(1)&option=sort(-thingId)');

    expect(answer.body).toMatchObject({ items: [{ thingId: 'example:truck' }] });
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

  it('repairs by fix and says of what and how', async () => {
    await api.app.write('example:wheel', ['attributes', '_parents'], { 'example:gone': 2, 'example:car': 4 });
    await api.app.write('example:trailer', ['attributes', '_parents'], 'example:gone');

    expect((await send('put', 'types/fix').expect(200)).body).toBe(
      'Thing with ID example:wheel has modified its parents attribute from ' +
        '{"example:gone":2,"example:car":4} to {"example:car":4}. ',
    );
    expect((await send('put', 'twins/fix').expect(200)).body).toBe(
      'Thing with ID example:trailer has modified its parents attribute from example:gone to null. ',
    );
    expect((await send('put', 'types/fix').expect(200)).text).toBe('""');
    expect((await send('get', 'twins/example:trailer').expect(200)).body).toEqual({
      ...trailer,
      attributes: { name: 'n' },
    });
  });

  it('repairs by fix only what the caller may write, and answers with the refusal', async () => {
    await api.app.write('example:trailer', ['attributes', '_parents'], 'example:gone');
    await api.app.write('example:trailer', ['policyId'], 'example:readonly');

    const answer = await send('put', 'twins/fix').set('x-who', 'stranger');

    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('example:trailer')]);
    expect((await send('get', 'twins/example:trailer/parent').expect(200)).body).toBe('example:gone');
  });

  it('reports what is broken, tries a repair, and repairs', async () => {
    await api.app.write('example:mycar', ['attributes', '_parents'], 'example:trailer');
    const broken = {
      thingId: 'example:trailer',
      kind: 'twin',
      faults: [
        {
          problem: 'cycle',
          parentId: 'example:mycar',
          path: ['example:mycar', 'example:trailer', 'example:mycar'],
        },
      ],
      from: 'example:mycar',
      to: null,
    };

    expect((await send('get', '2/integrity').expect(200)).body).toEqual({ checked: 3, things: [broken] });
    expect((await send('post', '2/integrity/repair?dryRun=true').expect(200)).body).toEqual({
      ...{ checked: 3, dryRun: true, repaired: [broken], refused: [] },
    });
    expect((await send('post', '2/integrity/repair').set('x-who', 'stranger').expect(200)).body).toEqual({
      ...{ checked: 0, dryRun: false, repaired: [], refused: [] },
    });
    await send('post', '2/integrity/repair?dryRun=maybe').expect(400);
    expect((await send('post', '2/integrity/repair').expect(200)).body).toEqual({
      ...{ checked: 3, dryRun: false, repaired: [broken], refused: [] },
    });
    expect((await send('get', '2/integrity').expect(200)).body).toEqual({ checked: 2, things: [] });
  });

  it('lists the policies that the caller may read', async () => {
    const { body } = await send('get', 'policies').set('x-who', 'stranger').expect(200);

    expect(body).toEqual(['example:readonly', 'example:shared']);
  });

  it('tells the whole refusal as a problem to those who accept that', async () => {
    const problem = (path: string) => send('get', path).set('accept', 'application/problem+json, application/json');

    const answer = await problem('types/example:none').expect(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.text)).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      detail: expect.any(String),
      status: 404,
      error: 'things:thing.notfound',
      message: expect.any(String),
      description: expect.any(String),
    });
    expect(JSON.parse((await problem('twins/example:car').expect(412)).text)).toMatchObject({
      error: 'composition:kind.wrong',
    });
    expect(JSON.parse((await problem('twins/no-id/children').expect(400)).text)).toMatchObject({ status: 400 });
  });

  it('takes a form for a body', async () => {
    const form = (path: string, body: string) =>
      request(api.url).put(`/api/${path}`).set('content-type', 'application/x-www-form-urlencoded').send(body);

    await form(
      'twins/example:form',
      `policyId=${POLICY}&attributes[name]=n&features[f][properties][unit]=m%2Fs`,
    ).expect(201);
    expect((await send('get', 'twins/example:form').expect(200)).body).toEqual({
      thingId: 'example:form',
      policyId: POLICY,
      attributes: { name: 'n' },
      features: { f: { properties: { unit: 'm/s' } } },
    });
    await form('twins/example:form', 'attributes[type]=x').expect(442);
    await form('twins/example:form', 'attributes[__proto__][x]=1&policyId=a:b').expect(400);
    await form('twins/example:form', 'a]b[=1').expect(400);
    await form('twins/example:form', `a${'[a]'.repeat(9)}=1`).expect(400);
  });

  it('keeps the values of features in copies when asked to', async () => {
    await send('post', 'types/example:car/create/example:kept?resetValues=false').expect(200, '""');
    await send('post', 'twins/example:kept/duplicate/example:copy?resetValues=false').expect(200, '""');
    await send('post', 'twins/example:kept/duplicate/example:other?resetValues=1').expect(400);

    for (const id of ['example:kept', 'example:kept:wheel_2', 'example:copy', 'example:copy:wheel_2']) {
      expect((await send('get', `twins/${id}`).expect(200)).body).toMatchObject({ features: THING.features });
    }
  });

  it('may be called by pages of any origin', async () => {
    const origin = 'http://dashboards.example';
    const asked = await request(api.url)
      .options('/api/twins/example:mycar')
      .set({ origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' })
      .expect(200);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization',
      'access-control-allow-methods': expect.stringContaining('PUT'),
    });
    const got = await send('get', 'twins/example:mycar').set('origin', origin).expect(200);
    expect(got.headers['access-control-allow-origin']).toBe(origin);
    expect(got.headers).not.toHaveProperty('access-control-allow-credentials');
    expect((await send('get', 'twins/example:none').expect(404)).headers['access-control-allow-origin']).toBe('*');
    expect((await send('get', '2/integrity').set('origin', origin)).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });
});
