import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const EVERYTHING = {
  'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
  'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
};
const policy = (more: object = {}) => ({
  entries: { owner: { subjects: { 'nginx:ditto': { type: 'test' } }, resources: EVERYTHING }, ...more },
});
const reader = (resources: object) => ({ reader: { subjects: { 'nginx:other': { type: 'test' } }, resources } });

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
  await call(api, 'PUT', '/api/2/policies/x:p', policy());
  await call(api, 'PUT', '/api/2/policies/x:open', policy(reader({ 'thing:/': { grant: ['READ'], revoke: [] } })));
  const read = { grant: ['READ'], revoke: [] };
  const some = { 'thing:/features': read, 'thing:/attributes/_isType': read };
  await call(api, 'PUT', '/api/2/policies/x:partly', policy(reader(some)));
  await call(api, 'PUT', '/api/2/policies/x:unknowing', policy(reader({ 'thing:/features': read })));
});

afterAll(() => api.close());

type Method = Parameters<typeof call>[1];
const send = (method: Method, path: string, body?: unknown, user = 'ditto'): Promise<Answer> =>
  call(api, method, `/api/2/${path}`, body, { user });
const type = async (id: string, features: object = {}, policyId = 'x:p') => {
  const { status, text } = await send('PUT', `things/${id}`, {
    policyId,
    attributes: { _isType: true, name: id },
    features,
  });
  expect([201, 204, text]).toContain(status);
};
const model = async (id: string, content: object): Promise<void> => {
  const { status, text } = await send('PUT', `types/${id}/model`, content);
  expect([201, 204, text]).toContain(status);
};
const wheel = { speed: { properties: { value: 0, unit: 'm/s' } } };
const atMost = (maximum: number, validation = 'reject') => ({
  validation,
  features: { speed: { schema: { properties: { value: { type: 'number', maximum } } } } },
});

describe('the model of a type', () => {
  it('is set, read, replaced and taken away', async () => {
    await type('x:m1', wheel);
    expect(await send('GET', 'types/x:m1/model')).toMatchObject({
      status: 404,
      body: { error: 'things:attribute.notfound' },
    });
    const created = await send('PUT', 'types/x:m1/model', atMost(5));
    expect(created).toMatchObject({ status: 201, body: atMost(5) });
    expect(created.headers['location']).toBe(`${api.url}/api/2/types/x:m1/model`);
    expect((await send('PUT', 'types/x:m1/model', atMost(6))).status).toBe(204);
    expect((await send('GET', 'types/x:m1/model')).body).toEqual(atMost(6));
    expect((await send('GET', 'things/x:m1/attributes/_model')).body).toEqual(atMost(6));
    expect((await send('DELETE', 'types/x:m1/model')).status).toBe(204);
    expect((await send('DELETE', 'types/x:m1/model')).status).toBe(404);
  });

  it.each([
    ['a text', 'model', 400, 'gemel:composition.type.model.invalid'],
    ['no object', [], 400, 'gemel:composition.type.model.invalid'],
    ['an unknown word', { schema: {} }, 400, 'gemel:composition.type.model.invalid'],
    ['a hostile schema', { features: { a: { schema: { $ref: '#' } } } }, 400, 'gemel:composition.schema.invalid'],
    [
      'a remote schema',
      { features: { a: { schema: { $ref: 'http://localhost/x' } } } },
      400,
      'gemel:composition.schema.invalid',
    ],
    ['a base that is not there', { extends: 'x:nothing' }, 422, 'gemel:composition.type.base.missing'],
    ['a version that is not there', { extends: 'x:bad@^1.0.0' }, 422, 'gemel:composition.type.base.missing'],
    ['a twin as base', { extends: 'x:notype' }, 422, 'gemel:composition.type.base.missing'],
    ['itself as base', { extends: 'x:bad' }, 409, 'gemel:composition.type.base.cycle'],
  ])('is refused with %s', async (_name, body, status, error) => {
    await type('x:bad');
    await send('PUT', 'things/x:notype', { policyId: 'x:p' });
    expect(await send('PUT', 'types/x:bad/model', body)).toMatchObject({ status, body: { status, error } });
    expect((await send('GET', 'types/x:bad/model')).status).toBe(404);
  });

  it('takes from others along one way only', async () => {
    for (const id of ['x:c1', 'x:c2', 'x:c3']) await type(id);
    await model('x:c1', { extends: 'x:c2' });
    await model('x:c2', { mixins: ['x:c3'] });
    const refused = await send('PUT', 'types/x:c3/model', { extends: 'x:c1' });
    expect(refused).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('x:c3 > x:c1 > x:c2 > x:c3') },
    });
  });

  it('is there for who may read the whole type, and changed by who may write it', async () => {
    await type('x:r1', wheel, 'x:open');
    await type('x:r2', wheel, 'x:partly');
    await type('x:r3', wheel);
    await type('x:r4', wheel, 'x:unknowing');
    for (const id of ['x:r1', 'x:r2', 'x:r3', 'x:r4']) await model(id, atMost(5));
    for (const [id, status] of [
      ['x:r1', 200],
      ['x:r2', 403],
      ['x:r3', 404],
      ['x:r4', 403],
    ] as const) {
      expect([id, (await send('GET', `types/${id}/model`, undefined, 'other')).status]).toEqual([id, status]);
      expect([id, (await send('GET', `types/${id}/effective`, undefined, 'other')).status]).toEqual([id, status]);
      expect([id, (await send('GET', `types/${id}/versions`, undefined, 'other')).status]).toEqual([id, status]);
    }
    expect((await send('PUT', 'types/x:r1/model', {}, 'other')).status).toBe(403);
    expect((await send('POST', 'types/x:r1/versions', { version: '1.0.0' }, 'other')).status).toBe(403);
    expect((await send('PUT', 'types/x:r3/model', {}, 'other')).status).toBe(404);
  });

  it('is there for types only', async () => {
    await send('PUT', 'things/x:twin', { policyId: 'x:p' });
    for (const path of ['model', 'effective', 'versions'])
      expect(await send('GET', `types/x:twin/${path}`)).toMatchObject({
        status: 404,
        body: { error: 'gemel:composition.kind.wrong' },
      });
    expect((await send('GET', 'types/x:none/effective')).status).toBe(404);
    expect((await send('GET', 'types/broken/effective')).status).toBe(400);
  });

  it('is worked out with all that the type takes from', async () => {
    await type('x:base', { speed: { properties: { value: 0, unit: 'm/s', max: 10 } } });
    await model('x:base', {
      ...atMost(10),
      features: { speed: { ...atMost(10).features.speed, properties: { value: { reset: true, unit: 'm/s' } } } },
    });
    await type('x:named');
    await model('x:named', { attributes: { schema: { required: ['serial'] } } });
    await type('x:own', { speed: { properties: { max: 5 } } });
    await model('x:own', { extends: 'x:base', mixins: ['x:named'], features: { speed: { required: true } } });
    expect((await send('GET', 'types/x:own/effective')).body).toEqual({
      typeId: 'x:own',
      attributes: { name: 'x:own' },
      features: { speed: { properties: { value: 0, unit: 'm/s', max: 5 } } },
      model: {
        validation: 'reject',
        attributes: { schemas: [{ required: ['serial'] }] },
        features: {
          speed: {
            required: true,
            schemas: [{ properties: { value: { type: 'number', maximum: 10 } } }],
            properties: { value: { reset: true, unit: 'm/s' } },
          },
        },
      },
      lineage: ['x:base', 'x:named', 'x:own'],
    });
  });
});

it('a model that is no JSON is refused', async () => {
  await type('x:nojson');
  const answer = await fetch(`${api.url}/api/2/types/x:nojson/model`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from('ditto:ditto').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: '{"validation":',
  });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'json.invalid' }]);
});

describe('a version of a type', () => {
  it('is frozen, and never changes', async () => {
    await type('x:v1', wheel);
    await type('x:v1part');
    await send('PUT', 'things/x:v1part/attributes/_parents', { 'x:v1': 4 });
    await model('x:v1', atMost(5));
    const made = await send('POST', 'types/x:v1/versions', { version: '1.0.0', note: 'first' });
    expect(made).toMatchObject({
      status: 201,
      body: { version: '1.0.0', note: 'first', typeId: 'x:v1', children: [{ typeId: 'x:v1part', count: 4 }] },
    });
    expect(made.headers['location']).toBe(`${api.url}/api/2/types/x:v1/versions/1.0.0`);
    await type('x:v1', { other: {} });
    expect((await send('GET', 'types/x:v1/versions/1.0.0')).body).toEqual(made.body);
    expect((await send('GET', 'types/x:v1/versions')).body).toEqual({
      items: [{ version: '1.0.0', note: 'first', revision: 2, frozenAt: expect.any(String) }],
    });
  });

  it.each([
    [{ version: '1.0.0' }, 409, 'gemel:composition.version.exists'],
    [{ version: '0.9.0' }, 409, 'gemel:composition.version.older'],
    [{ version: '1.0' }, 400, 'gemel:composition.version.invalid'],
    [{ version: 1 }, 400, 'gemel:composition.version.request.invalid'],
    [{}, 400, 'gemel:composition.version.request.invalid'],
    [[], 400, 'gemel:composition.version.request.invalid'],
    [{ version: '2.0.0', name: 'x' }, 400, 'gemel:composition.version.request.invalid'],
    [{ version: '2.0.0', note: 'x'.repeat(3_000) }, 400, 'gemel:composition.version.request.invalid'],
    [{ version: '2.0.0', allowOlder: 'yes' }, 400, 'gemel:composition.version.request.invalid'],
  ])('is refused as %j', async (body, status, error) => {
    await type('x:v2');
    await send('POST', 'types/x:v2/versions', { version: '1.0.0' });
    expect(await send('POST', 'types/x:v2/versions', body)).toMatchObject({ status, body: { error } });
    expect(await send('GET', 'types/x:v2/versions')).toMatchObject({ body: { items: [{ version: '1.0.0' }] } });
  });

  it('may mend an older line, and is listed in its order', async () => {
    await type('x:v3');
    for (const version of ['1.0.0', '1.10.0', '2.0.0-beta']) await send('POST', 'types/x:v3/versions', { version });
    expect((await send('POST', 'types/x:v3/versions', { version: '1.9.0', allowOlder: true })).status).toBe(201);
    const { body } = await send('GET', 'types/x:v3/versions');
    expect((body as { items: { version: string }[] }).items.map(({ version }) => version)).toEqual([
      '1.0.0',
      '1.9.0',
      '1.10.0',
      '2.0.0-beta',
    ]);
  });

  it('is not there under another number, nor under what is none', async () => {
    await type('x:v4');
    expect(await send('GET', 'types/x:v4/versions/1.0.0')).toMatchObject({
      status: 404,
      body: { error: 'gemel:composition.version.notfound' },
    });
    expect((await send('GET', 'types/x:v4/versions/latest')).status).toBe(400);
    expect((await send('GET', 'types/x:v4/versions/__proto__')).status).toBe(400);
  });

  it('is made once, however many ask at the same time', async () => {
    await type('x:v5');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send('POST', 'types/x:v5/versions', { version: '1.0.0' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  it('can be taken from by a range', async () => {
    await type('x:v6', wheel);
    await model('x:v6', atMost(5));
    await send('POST', 'types/x:v6/versions', { version: '1.0.0' });
    await model('x:v6', atMost(50));
    await type('x:v6own');
    await model('x:v6own', { extends: 'x:v6@^1.0.0' });
    expect((await send('GET', 'types/x:v6own/effective')).body).toMatchObject({
      lineage: ['x:v6@1.0.0', 'x:v6own'],
      features: wheel,
      model: { features: { speed: { schemas: [{ properties: { value: { maximum: 5 } } }] } } },
    });
  });
});

describe('a change of a twin', () => {
  const twin = async (id: string, typeId: string, more: object = {}) =>
    send('PUT', `things/${id}`, {
      policyId: 'x:p',
      attributes: { type: typeId },
      features: { speed: { properties: { value: 1, ...more } } },
    });

  it('that breaks its type is refused with every pointer, and nothing is changed', async () => {
    await type('x:w1', wheel);
    await model('x:w1', atMost(5));
    expect((await twin('x:w1t', 'x:w1')).status).toBe(201);
    const refused = await send('PUT', 'things/x:w1t/features/speed/properties/value', 6);
    expect(refused).toMatchObject({
      status: 422,
      body: {
        error: 'gemel:composition.twin.invalid',
        validationDetails: { '/features/speed/properties/value': ['must be 5 or less'] },
      },
    });
    expect((await send('PATCH', 'things/x:w1t', { features: { speed: { properties: { value: 'x' } } } })).status).toBe(
      422,
    );
    expect((await send('PUT', 'things/x:w1t/features', { speed: { properties: { value: 7 } } })).status).toBe(422);
    expect((await twin('x:w1new', 'x:w1', { value: 9 })).status).toBe(422);
    expect((await send('GET', 'things/x:w1new')).status).toBe(404);
    expect((await send('GET', 'things/x:w1t/features/speed/properties/value')).body).toBe(1);
    expect((await send('PUT', 'things/x:w1t/features/speed/properties/value', 5)).status).toBe(204);
  });

  it('is accepted when the type warns, or says nothing, or its model cannot be used', async () => {
    await type('x:w2', wheel);
    await model('x:w2', atMost(5, 'warn'));
    expect((await twin('x:w2t', 'x:w2', { value: 9 })).status).toBe(201);
    await model('x:w2', atMost(5, 'off'));
    expect((await send('PUT', 'things/x:w2t/features/speed/properties/value', 10)).status).toBe(204);
    await send('PUT', 'things/x:w2/attributes/_model', { validation: 'reject', features: 7 });
    expect((await send('PUT', 'things/x:w2t/features/speed/properties/value', 11)).status).toBe(204);
    expect((await twin('x:w2dangling', 'x:no-such-type')).status).toBe(201);
    expect((await twin('x:w2odd', 'no id')).status).toBe(201);
  });

  it('may leave as it is what was wrong before', async () => {
    await type('x:w3', wheel);
    await twin('x:w3t', 'x:w3', { value: 9, note: 'a' });
    await model('x:w3', atMost(5));
    expect((await send('PUT', 'things/x:w3t/features/speed/properties/note', 'b')).status).toBe(204);
    expect((await send('PUT', 'things/x:w3t/features/speed/properties/value', 8)).status).toBe(422);
    expect((await send('PUT', 'things/x:w3t/features/speed/properties/value', 4)).status).toBe(204);
  });

  it('follows the type as it changes, and the version that the twin names', async () => {
    await type('x:w4', wheel);
    await model('x:w4', atMost(5));
    await send('POST', 'types/x:w4/versions', { version: '1.0.0' });
    await twin('x:w4live', 'x:w4');
    await twin('x:w4old', 'x:w4');
    await send('PUT', 'things/x:w4old/attributes/_typeVersion', '1.0.0');
    await model('x:w4', atMost(50));
    expect((await send('PUT', 'things/x:w4live/features/speed/properties/value', 40)).status).toBe(204);
    expect((await send('PUT', 'things/x:w4old/features/speed/properties/value', 40)).status).toBe(422);
  });

  it('is held to what the type takes from, as that changes', async () => {
    await type('x:w5base', wheel);
    await type('x:w5', wheel);
    await model('x:w5base', atMost(5));
    await model('x:w5', { extends: 'x:w5base' });
    await twin('x:w5t', 'x:w5');
    expect((await send('PUT', 'things/x:w5t/features/speed/properties/value', 6)).status).toBe(422);
    await model('x:w5base', atMost(7));
    expect((await send('PUT', 'things/x:w5t/features/speed/properties/value', 6)).status).toBe(204);
  });
});

describe('new twins', () => {
  it('of a type with a model begin as it says, what is asked for on top', async () => {
    await type('x:i0', { speed: { properties: { unit: 'm/s' } } });
    await type('x:i1', { speed: { properties: { value: 3, limit: 50 } } });
    await model('x:i1', {
      extends: 'x:i0',
      ...atMost(5),
      features: {
        speed: { ...atMost(5).features.speed, properties: { value: { reset: true }, gain: { default: 1 } } },
      },
    });
    const values = { features: { speed: { properties: { limit: 30 } } } };
    expect((await send('POST', 'types/x:i1/instances', { thingId: 'x:i1t', values })).status).toBe(201);
    expect((await send('GET', 'things/x:i1t')).body).toMatchObject({
      attributes: { name: 'x:i1', type: 'x:i1' },
      features: { speed: { properties: { unit: 'm/s', value: null, limit: 30, gain: 1 } } },
    });
    expect((await send('GET', 'things/x:i1t/attributes/_model')).status).toBe(404);
    const wrong = { thingId: 'x:i1bad', values: { features: { speed: { properties: { value: 6 } } } } };
    for (const query of ['', '?dryRun=true']) {
      const refused = await send('POST', `types/x:i1/instances${query}`, wrong);
      expect(JSON.stringify(refused.body)).toContain('gemel:composition.twin.invalid');
    }
    expect((await send('GET', 'things/x:i1bad')).status).toBe(404);
  });
});
