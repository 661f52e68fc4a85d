import request from 'supertest';
import type { Test } from 'supertest';
import { openHttpApi, READ } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

const CAR = '/api/2/things/org.example:car';
const CONTENT = {
  attributes: { 'a b': 1, 'x%2Fy': 2, 'g→': 3, '~t': 4, deep: { k: 5, 'c,d': 6 }, nothing: null, list: [{ a: 7 }] },
  features: { 'f:1': { properties: { p: 8 } }, bare: {} },
};

type Headers = Readonly<Record<string, string>>;

function get(path: string, headers: Headers = {}, user = 'ditto'): Test {
  return request(api.url).get(path).auth(user, user).set(headers);
}

function put(path: string, body: unknown): Test {
  return request(api.url)
    .put(path)
    .auth('ditto', 'ditto')
    .set('content-type', 'application/json')
    .send(JSON.stringify(body));
}

const letOther = (resources: unknown) =>
  put('/api/2/policies/org.example:car/entries/other', {
    subjects: { 'nginx:other': { type: 't' } },
    resources,
  }).expect(201);

beforeEach(async () => {
  api = await openHttpApi();
  await put(CAR, CONTENT).expect(201);
});
afterEach(() => api.close());

describe('Things: GET of a path', () => {
  it.each([
    ['/attributes/a%20b', '1'],
    ['/attributes/x%252Fy', '2'],
    ['/attributes/g%E2%86%92', '3'],
    ['/attributes/~0t', '4'],
    ['/attributes/deep/', '{"k":5,"c,d":6}'],
    ['/attributes/deep/c,d', '6'],
    ['/attributes/nothing', 'null'],
    ['/attributes/list', '[{"a":7}]'],
    ['/features/f:1/properties/p', '8'],
    ['/features/f%3A1/properties/', '{"p":8}'],
    ['/features/bare', '{}'],
    ['/policyId', '"org.example:car"'],
  ])('answers %s, decoded once', async (path, text) => {
    const response = await get(CAR + path).expect(200);
    expect(response.text).toBe(text);
    expect(response.headers).toMatchObject({ 'content-type': 'application/json', 'entity-revision': '1' });
    expect(response.headers['etag']).toMatch(/^"hash:[0-9a-f]+"$/);
  });

  it.each([
    ['/attributes/none', 'things:attribute.notfound'],
    ['/attributes/x%2Fy', 'things:attribute.notfound'],
    ['/attributes/list/0', 'things:attribute.notfound'],
    ['/attributes/deep/none/further', 'things:attribute.notfound'],
    ['/definition', 'things:definition.notfound'],
    ['/features/none', 'things:feature.notfound'],
    ['/features/none/definition', 'things:feature.notfound'],
    ['/features/none/properties', 'things:feature.notfound'],
    ['/features/none/properties/x', 'things:feature.notfound'],
    ['/features/none/desiredProperties/x', 'things:feature.notfound'],
    ['/features/f:1/definition', 'things:feature.definition.notfound'],
    ['/features/f:1/properties/x', 'things:feature.property.notfound'],
    ['/features/bare/properties', 'things:feature.properties.notfound'],
    ['/features/bare/properties/x', 'things:feature.properties.notfound'],
    ['/features/f:1/desiredProperties', 'things:feature.desiredProperties.notfound'],
    ['/features/f:1/desiredProperties/x', 'things:feature.desiredProperties.notfound'],
  ])('tells what is missing first on the way: %s', async (path, code) => {
    expect((await get(CAR + path).expect(404)).body).toMatchObject({ status: 404, error: code });
  });

  it('tells of missing attributes and features as such', async () => {
    await put('/api/2/things/org.example:empty', {}).expect(201);
    const code = async (path: string) =>
      ((await get(`/api/2/things/org.example:empty${path}`).expect(404)).body as { error: string }).error;
    expect(await code('/attributes')).toBe('things:attributes.notfound');
    expect(await code('/attributes/a')).toBe('things:attributes.notfound');
    expect(await code('/features')).toBe('things:features.notfound');
    expect(await code('/features/f')).toBe('things:feature.notfound');
  });

  it.each(['/nothing', '/attributesfoo', '/features/f:1/nothing', '/../nothing'])(
    'answers %s in plain text, there is no such resource',
    async (path) => {
      const response = await get(CAR + path).expect(404);
      expect(response.headers['content-type']).toBe('text/plain; charset=UTF-8');
      expect(response.text).toContain('There is nothing at');
    },
  );

  it.each(['//attributes', '/attributes//deep', '/attributes/~2', '/attributes/deep/~'])(
    'refuses the pointer %s',
    async (path) => {
      expect((await get(CAR + path).expect(400)).body.error).toBe('json.pointer.invalid');
    },
  );

  it('answers HEAD as GET, without the body', async () => {
    const response = await request(api.url).head(CAR).auth('ditto', 'ditto').expect(200);
    expect(response.headers).toMatchObject({ etag: '"rev:1"', 'content-type': 'application/json' });
    expect(response.text).toBeUndefined();
  });

  it('refuses a description of the Web of Things, which there is not yet', async () => {
    const description = { accept: 'application/td+json' };
    expect((await get(CAR, description).expect(400)).body.error).toBe('header.notsupported');
    expect((await get(`${CAR}/features/f:1`, description).expect(400)).body.error).toBe('header.notsupported');
    await get(CAR, { accept: 'text/html' }).expect(200);
  });
});

describe('Things: Hidden fields and field selectors', () => {
  it.each([
    ['?fields=nonsense,_context', {}],
    ['?fields=attributes(a%20b,deep/k)', { attributes: { 'a b': 1, deep: { k: 5 } } }],
    ['?fields=/attributes/deep/k,/_revision', { attributes: { deep: { k: 5 } }, _revision: 1 }],
    ['?fields=thingId&fields=policyId', { thingId: 'org.example:car', policyId: 'org.example:car' }],
    ['?fields=features/*/properties/p', { features: { 'f:1': { properties: { p: 8 } } } }],
    ['?fields=_namespace', { _namespace: 'org.example' }],
    ['/attributes?fields=deep/k', { deep: { k: 5 } }],
    ['/features?fields=f:1/properties,none', { 'f:1': { properties: { p: 8 } } }],
    ['/features/f:1?fields=properties/p', { properties: { p: 8 } }],
    ['/features/f:1/properties?fields=none', {}],
    ['/attributes/deep?fields=k', { k: 5, 'c,d': 6 }],
    ['/attributes/deep?fields=k(', { k: 5, 'c,d': 6 }],
  ])('answers %s', async (path, expected) => {
    expect((await get(CAR + path).expect(200)).body).toEqual(expected);
  });

  it('shows when a thing came to be and changed', async () => {
    const { body } = await get(`${CAR}?fields=_created,_modified`).expect(200);
    const { _created: created, _modified: modified } = body as { _created: string; _modified: string };
    expect(Math.abs(Date.parse(created) - Date.now())).toBeLessThan(60_000);
    expect(modified).toBe(created);
  });

  it('embeds the policy for those who may read it, which makes entity tags count for nothing', async () => {
    const embedded = await get(`${CAR}?fields=thingId,_policy`, { 'if-match': '"rev:7"' }).expect(200);
    expect(embedded.body).toMatchObject({ thingId: 'org.example:car', _policy: { entries: { DEFAULT: {} } } });
    await get(`${CAR}?fields=thingId`, { 'if-match': '"rev:7"' }).expect(412);
    await letOther({ 'thing:/': READ });
    expect((await get(`${CAR}?fields=thingId,_policy`, {}, 'other').expect(200)).body).toEqual({
      thingId: 'org.example:car',
    });
  });

  it.each(['?fields=a(', '?fields=a)', '?fields=,', '/features?fields=a(('])('refuses %s', async (path) => {
    expect((await get(CAR + path).expect(400)).body.error).toBe('json.fieldselector.invalid');
  });
});

describe('Things: Partial READ view', () => {
  it('shows readable parts, and the id, times and revision with any of them', async () => {
    await letOther({ 'thing:/attributes/deep/k': READ });
    expect((await get(CAR, {}, 'other').expect(200)).body).toEqual({
      thingId: 'org.example:car',
      attributes: { deep: { k: 5 } },
    });
    const fields = '?fields=thingId,policyId,_revision,_namespace,features';
    expect((await get(CAR + fields, {}, 'other').expect(200)).body).toEqual({
      thingId: 'org.example:car',
      _revision: 2 - 1,
      _namespace: 'org.example',
    });
    await get(`${CAR}/attributes/deep/k`, {}, 'other').expect(200, '5');
    expect((await get(`${CAR}/features`, {}, 'other').expect(404)).body.error).toBe('things:features.notfound');
    expect((await get(`${CAR}/features/none/properties`, {}, 'other').expect(404)).body.error).toBe(
      'things:feature.properties.notfound',
    );
  });

  it('shows an empty object of which only something that is not there may be read', async () => {
    await letOther({ 'thing:/attributes/later': READ });
    expect((await get(`${CAR}/attributes`, {}, 'other').expect(200)).body).toEqual({});
    expect((await get(`${CAR}/attributes/later`, {}, 'other').expect(404)).body.error).toBe(
      'things:attribute.notfound',
    );
  });
});

describe('Things: Retrieve many', () => {
  it('answers the named ones in the order of their first naming, unreadable ones left out', async () => {
    await put('/api/2/things/org.example:b', {}).expect(201);
    const ids = 'org.example:car,org.example:none,org.example:b,org.example:car';
    const { body } = await get(`/api/2/things?ids=${ids}&fields=thingId`).expect(200);
    expect(body).toEqual(['car', 'car', 'b'].map((name) => ({ thingId: `org.example:${name}` })));
    const repeated = await get('/api/2/things?ids=org.example:b&ids=org.example:car&fields=_revision').expect(200);
    expect(repeated.body).toEqual([{ _revision: 1 }, { _revision: 1 }]);
    expect((await get(`/api/2/things?ids=${ids}`, {}, 'other').expect(200)).body).toEqual([]);
  });

  it('embeds policies, too', async () => {
    const { body } = await get('/api/2/things?ids=org.example:car&fields=_policy/entries').expect(200);
    expect(body).toMatchObject([{ _policy: { entries: { DEFAULT: {} } } }]);
  });

  it('pages through everything readable, by relative links', async () => {
    for (const name of ['a', 'b', 'c']) await put(`/api/2/things/org.example:${name}`, {}).expect(201);
    const found: string[] = [];
    let path = '/api/2/things?option=size(2),sort(-thingId)&fields=thingId&namespaces=org.example';
    for (;;) {
      const page = await get(path).expect(200);
      found.push(...(page.body as { thingId: string }[]).map(({ thingId }) => thingId.slice(12)));
      const link = String(page.headers['link']);
      expect(link).toContain(`<${path}>; rel="canonical"`);
      const next = /<([^>]*)>; rel="next"/.exec(link)?.[1];
      if (next === undefined) break;
      expect(next).toMatch(/^\/api\/2\/things\?.*option=.*cursor\([\w-]+\)$/);
      path = next;
    }
    expect(found).toEqual(['car', 'c', 'b', 'a']);
    expect((await get('/api/2/things').expect(200)).headers['link']).toBe('</api/2/things>; rel="canonical"');
  });
});
