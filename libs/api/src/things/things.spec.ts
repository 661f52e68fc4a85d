import request from 'supertest';
import { ask, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, path, body, user);

const CAR = '/api/2/things/org.example:car';
const FULL = {
  definition: 'org.example:car:1.0.0',
  attributes: { maker: 'ACME', place: { city: 'Bern' } },
  features: {
    engine: { definition: ['org.example:engine:1.0.0'], properties: { rpm: 1 }, desiredProperties: { rpm: 2 } },
  },
};

const RESOURCES: readonly [path: string, value: unknown, other: unknown][] = [
  ['/definition', FULL.definition, 'org.example:car:2.0.0'],
  ['/attributes', FULL.attributes, { a: 1 }],
  ['/attributes/maker', 'ACME', null],
  ['/attributes/place/city', 'Bern', { deep: [1] }],
  ['/features', FULL.features, { other: {} }],
  ['/features/engine', FULL.features.engine, { properties: { rpm: 9 } }],
  ['/features/engine/definition', FULL.features.engine.definition, ['org.example:engine:2.0.0']],
  ['/features/engine/properties', FULL.features.engine.properties, { a: {} }],
  ['/features/engine/properties/rpm', 1, 'fast'],
  ['/features/engine/desiredProperties', FULL.features.engine.desiredProperties, { a: 0 }],
  ['/features/engine/desiredProperties/rpm', 2, false],
];

describe('a thing', () => {
  it('is created by PUT, told where it is, and replaced by the next PUT', async () => {
    const created = await send('put', CAR, FULL).expect(201);
    expect(created.body).toEqual({ thingId: 'org.example:car', policyId: 'org.example:car', ...FULL });
    expect(created.headers).toMatchObject({
      location: `${api.url}${CAR}`,
      etag: '"rev:1"',
      'entity-revision': '1',
      'content-type': 'application/json',
    });
    const replaced = await send('put', CAR, { attributes: {} }).expect(204);
    expect(replaced.headers).toMatchObject({ etag: '"rev:2"', 'entity-revision': '2' });
    expect(replaced.headers).not.toHaveProperty('content-type');
    const read = await send('get', CAR).expect(200);
    expect(read.body).toEqual({ thingId: 'org.example:car', policyId: 'org.example:car', attributes: {} });
    expect(read.headers['etag']).toBe('"rev:2"');
  });

  it('is created by PATCH, changed by the next one, and deleted', async () => {
    await send('patch', CAR, { attributes: { a: 1, b: null } }).expect(201);
    await send('patch', CAR, { attributes: { c: 2 } }).expect(204);
    const read = await send('get', CAR).expect(200);
    expect(read.body.attributes).toEqual({ a: 1, c: 2 });
    const deleted = await send('delete', CAR).expect(204);
    expect(deleted.headers['entity-revision']).toBe('3');
    await send('get', CAR).expect(404);
    await send('delete', CAR).expect(404);
  });

  it('is created by POST with an id of the default namespace, or the one asked for', async () => {
    const created = await send('post', '/api/2/things', { attributes: { a: 1 } }).expect(201);
    expect(created.body.thingId).toMatch(/^org\.eclipse\.ditto:[0-9a-f-]{36}$/);
    expect(created.headers['location']).toBe(`${api.url}/api/2/things/${String(created.body.thingId)}`);
    await send('get', new URL(String(created.headers['location'])).pathname).expect(200);
    const other = await send('post', '/api/2/things?namespace=org.other', {}).expect(201);
    expect(other.body.thingId).toMatch(/^org\.other:/);
  });

  it('with an empty namespace gets the default one', async () => {
    const created = await send('put', '/api/2/things/:lamp', {}).expect(201);
    expect(created.body.thingId).toBe('org.eclipse.ditto:lamp');
  });

  it('keeps hostile keys as keys', async () => {
    const text = '{"attributes":{"__proto__":{"polluted":true},"constructor":1}}';
    await request(api.url)
      .put(CAR)
      .auth('ditto', 'ditto')
      .set('content-type', 'application/json')
      .send(text)
      .expect(201);
    const read = await send('get', `${CAR}/attributes`).expect(200);
    expect(read.text).toBe('{"__proto__":{"polluted":true},"constructor":1}');
    await send('get', `${CAR}/attributes/__proto__/polluted`).expect(200, 'true');
    await send('get', `${CAR}/attributes/toString`).expect(404);
  });

  it.each([
    ['post', '/api/2/things', { thingId: 'a:b' }, 400, 'things:id.notsettable'],
    ['post', '/api/2/things', [], 400, 'json.invalid'],
    ['post', '/api/2/things?namespace=1x', {}, 400, 'things:id.invalid'],
    ['post', '/api/2/things?channel=live', {}, 405, 'things:thing.notcreatable'],
    ['put', CAR, { thingId: 'a:b' }, 400, 'things:id.notsettable'],
    ['put', '/api/2/things/nocolon', {}, 400, 'things:id.invalid'],
    ['put', '/api/2/things/a:b%2Fc', {}, 400, 'things:id.invalid'],
    ['put', `/api/2/things/a:${'b'.repeat(300)}`, {}, 400, 'things:id.invalid'],
    ['put', CAR, { attributes: { big: 'x'.repeat(110_000) } }, 413, 'things:thing.toolarge'],
    ['put', `${CAR}/attributes/a`, 1, 404, 'things:thing.notfound'],
    ['get', `${CAR}/attributes//a`, undefined, 400, 'json.pointer.invalid'],
    ['get', `${CAR}//attributes`, undefined, 400, 'json.pointer.invalid'],
    ['get', `${CAR}/attributes/~2`, undefined, 400, 'json.pointer.invalid'],
    ['get', `${CAR}?fields=attributes(`, undefined, 400, 'json.fieldselector.invalid'],
    ['get', `${CAR}?timeout=61s`, undefined, 400, 'gateway:timeout.invalid'],
    ['get', '/api/2/things?timeout=x', undefined, 400, 'timeout.invalid'],
    ['put', `${CAR}?timeout=61s`, {}, 400, 'gateway:timeout.invalid'],
    ['put', `${CAR}?timeout=-1`, {}, 400, 'timeout.invalid'],
    ['put', `${CAR}?response-required=maybe`, {}, 400, 'header.invalid'],
    ['delete', `${CAR}/policyId`, undefined, 405, 'gateway:method.notallowed'],
    ['patch', `${CAR}/policyId`, null, 400, 'things:policyId.notdeletable'],
    ['patch', `${CAR}/policyId`, 'a:b', 404, 'things:thing.notfound'],
    ['get', '/api/2/things?ids=', undefined, 400, 'things:things.ids.missing'],
    ['get', '/api/2/things?ids=a:b,c', undefined, 400, 'things:id.invalid'],
  ] as const)('refuses %s %s %j with %i %s', async (verb, path, body, status, code) => {
    const response = await send(verb, path, body).expect(status);
    expect(response.body).toMatchObject({ status, error: code });
  });

  it('refuses other content types', async () => {
    const put = request(api.url).put(CAR).auth('ditto', 'ditto');
    await put.set('content-type', 'application/merge-patch+json').send('{}').expect(415);
    const patch = request(api.url).patch(CAR).auth('ditto', 'ditto');
    const refusal = await patch.set('content-type', 'application/json').send('{}').expect(415);
    expect(refusal.body.description).toContain('application/merge-patch+json');
  });

  it('is not there for those who may not read it, and may not be written by them', async () => {
    await send('put', CAR, FULL).expect(201);
    await send('get', CAR, undefined, 'other').expect(404);
    await send('put', `${CAR}/attributes/a`, 1, 'other').expect(403);
    const listed = await send('get', '/api/2/things', undefined, 'other').expect(200);
    expect(listed.body).toEqual([]);
  });
});

describe('the parts of a thing', () => {
  it.each(RESOURCES)('%s can be read, replaced, deleted and created again', async (path, value, other) => {
    await send('put', CAR, FULL).expect(201);
    const read = await send('get', CAR + path).expect(200);
    expect(read.body).toEqual(value);
    expect(read.headers['etag']).toMatch(/^"hash:/);
    const replaced = await send('put', CAR + path, other).expect(204);
    expect(replaced.headers['etag']).not.toBe(read.headers['etag']);
    await send('get', CAR + path).expect(200, JSON.stringify(other));
    await send('delete', CAR + path).expect(204);
    const gone = await send('get', CAR + path).expect(404);
    expect(gone.body.error).toMatch(/^things:[a-zA-Z.]+\.notfound$/);
    await send('delete', CAR + path).expect(404);
    const created = await send('put', CAR + path, value).expect(201);
    expect(created.body).toEqual(value);
    expect(created.headers['location']).toBe(`${api.url}${CAR}${path}`);
  });

  it.each(RESOURCES)('%s can be patched', async (path, _value, other) => {
    await send('put', CAR, FULL).expect(201);
    await send('patch', CAR + path, other).expect(204);
  });

  it('finds keys with slashes and percent signs', async () => {
    await send('put', CAR, { attributes: { 'a b': { '%': 1, '日~': 2 } } }).expect(201);
    await send('get', `${CAR}/attributes/a%20b/%25`).expect(200, '1');
    await send('get', `${CAR}/attributes/a%20b/%E6%97%A5~0`).expect(200, '2');
    await send('get', `${CAR}/attributes/a%20b%2F%25`).expect(200, '1');
  });

  it('shows selected fields', async () => {
    await send('put', CAR, FULL).expect(201);
    const read = await send('get', `${CAR}?fields=thingId,attributes(maker),_revision`).expect(200);
    expect(read.body).toEqual({ thingId: 'org.example:car', attributes: { maker: 'ACME' }, _revision: 1 });
    await send('get', `${CAR}/attributes?fields=place/city`).expect(200, '{"place":{"city":"Bern"}}');
  });
});

describe('conditions', () => {
  it.each([
    ['get', { 'if-none-match': '"rev:1"' }, 304],
    ['get', { 'if-none-match': '"rev:0"' }, 200],
    ['get', { 'if-match': '"rev:2"' }, 412],
    ['put', { 'if-match': '"rev:1"' }, 204],
    ['put', { 'if-none-match': '*' }, 412],
    ['delete', { 'if-match': '"rev:9"' }, 412],
    ['get', { condition: 'eq(attributes/maker,"ACME")' }, 200],
    ['put', { condition: 'eq(attributes/maker,"other")' }, 412],
    ['put', { condition: 'nonsense' }, 400],
  ] as const)('%s with %j answers %i', async (verb, headers, status) => {
    await send('put', CAR, FULL).expect(201);
    const response = await send(verb, CAR, verb === 'put' ? FULL : undefined)
      .set(headers)
      .expect(status);
    if (status === 304 || (status === 412 && !('condition' in headers)))
      expect(response.headers['etag']).toBe('"rev:1"');
    if (status === 304) expect(response.text).toBe('');
  });

  it('can be query parameters', async () => {
    await send('put', CAR, FULL).expect(201);
    const put = send('put', `${CAR}/attributes/maker`, 'x').query({ condition: 'eq(attributes/maker,"y")' });
    await put.expect(412);
  });
});

describe('writes whose answer nobody waits for', () => {
  it.each(['response-required=false', 'timeout=0'])('%s: are accepted and done', async (parameter) => {
    const accepted = await send('put', `${CAR}?${parameter}`, FULL).expect(202);
    expect(accepted.text).toBe('');
    await send('get', CAR).expect(200);
  });

  it('are refused all the same when the refusal is at hand', async () => {
    await send('put', `${CAR}/attributes/a?timeout=0`, 1).expect(404);
  });
});

describe('several things', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await send('put', `/api/2/things/x.${name}:t`, { attributes: { name } });
  });

  it('are read by id in the order asked, unreadable ones left out', async () => {
    const read = await send('get', '/api/2/things?ids=x.c:t,x.none:t,x.a:t&fields=thingId').expect(200);
    expect(read.body).toEqual([{ thingId: 'x.c:t' }, { thingId: 'x.a:t' }]);
  });

  it('are listed page by page with links to the next', async () => {
    const first = await send('get', '/api/2/things?option=size(2),sort(-thingId)&fields=thingId').expect(200);
    expect(first.body).toEqual([{ thingId: 'x.c:t' }, { thingId: 'x.b:t' }]);
    const [, next = ''] = /<([^>]*)>; rel="next"/.exec(String(first.headers['link'])) ?? [];
    const second = await send('get', next).expect(200);
    expect(second.body).toEqual([{ thingId: 'x.a:t' }]);
    expect(second.headers['link']).not.toContain('rel="next"');
  });
});
