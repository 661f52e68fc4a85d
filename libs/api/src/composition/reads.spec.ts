import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const POLICY = {
  policyId: 'example:policy',
  entries: {
    owner: {
      subjects: { 'nginx:ditto': { type: 'test' } },
      resources: {
        'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
        'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
      },
    },
  },
};
const OPEN = {
  policyId: 'example:open',
  entries: {
    ...POLICY.entries,
    other: {
      subjects: { 'nginx:other': { type: 'test' } },
      resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
    },
  },
};

let api: OpenHttpApi;
const get = (path: string, user = 'ditto'): Promise<Answer> => call(api, 'GET', `/api/2/${path}`, undefined, { user });
const put = async (path: string, body: unknown): Promise<void> => {
  const { status, text } = await call(api, 'PUT', `/api/2/${path}`, body);
  expect([201, 204, text]).toContain(status);
};
const twin = (parent?: string, more: object = {}, policyId = 'example:open') => ({
  policyId,
  attributes: { ...more, ...(parent === undefined ? {} : { _parents: parent }) },
});

beforeAll(async () => {
  api = await openHttpApi();
  await put('policies/example:policy', POLICY);
  await put('policies/example:open', OPEN);
  await put('things/example:house', twin());
  await put('things/example:floor', twin('example:house', { level: 1 }));
  await put('things/example:cellar', twin('example:house', { level: -1 }, 'example:policy'));
  await put('things/example:room', twin('example:floor', { level: 1, name: 'room' }));
  await put('things/example:store', twin('example:cellar', { level: -1 }));
  await put('things/example:car', twin());
  await put('things/type:a', { policyId: 'example:open', attributes: { _isType: true } });
  await put('things/type:b', { policyId: 'example:open', attributes: { _isType: true, _parents: { 'type:a': 2 } } });
  await put('things/ring:a', twin('ring:b'));
  await put('things/ring:b', twin('ring:a'));
});
afterAll(() => api.close());

const idsIn = (answer: Answer): readonly string[] => {
  expect(answer.status).toBe(200);
  return (answer.body as { items: { thingId: string }[] }).items.map(({ thingId }) => thingId);
};

describe('lists', () => {
  it('have the roots, or all, of a kind', async () => {
    expect(idsIn(await get('twins?roots=true'))).toEqual(['example:car', 'example:house']);
    expect(idsIn(await get('types?roots=true'))).toEqual(['type:a']);
    expect(idsIn(await get('types'))).toEqual(['type:a', 'type:b']);
    expect(idsIn(await get('twins'))).toHaveLength(8);
  });

  it('take filter, order, pages and fields', async () => {
    const first = await get(
      'twins?filter=exists(attributes/level)&option=size(2),sort(-attributes/level)&fields=thingId',
    );
    expect(first.body).toEqual({
      items: [{ thingId: 'example:floor' }, { thingId: 'example:room' }],
      cursor: expect.any(String),
    });
    const { cursor } = first.body as { cursor: string };
    expect(idsIn(await get(`twins?option=cursor(${cursor})`))).toEqual(['example:cellar', 'example:store']);
  });

  it('show what the caller may read only', async () => {
    expect(idsIn(await get('twins?filter=exists(attributes/level)', 'other'))).toEqual([
      'example:floor',
      'example:room',
      'example:store',
    ]);
  });
});

describe('one', () => {
  it('is shown as a thing, with the fields asked for', async () => {
    expect((await get('twins/example:room')).body).toEqual({
      thingId: 'example:room',
      policyId: 'example:open',
      attributes: { level: 1, name: 'room', _parents: 'example:floor' },
    });
    expect((await get('twins/example:room')).headers).toMatchObject({ etag: '"rev:1"', 'entity-revision': '1' });
    expect((await get('types/type:b?fields=attributes/_parents,_revision')).body).toEqual({
      attributes: { _parents: { 'type:a': 2 } },
      _revision: 1,
    });
  });

  it.each([
    ['twins/type:a', 'gemel:composition.kind.wrong'],
    ['types/example:house', 'gemel:composition.kind.wrong'],
    ['twins/type:a/tree', 'gemel:composition.kind.wrong'],
    ['types/example:house/children', 'gemel:composition.kind.wrong'],
    ['twins/example:none', 'things:thing.notfound'],
    ['twins/example:none/tree', 'things:thing.notfound'],
    ['twins/example:none/children', 'things:thing.notfound'],
    ['twins/example:none/descendants', 'things:thing.notfound'],
    ['twins/example:none/ancestors', 'things:thing.notfound'],
  ])('%s is not there: %s', async (path, error) => {
    expect(await get(path)).toMatchObject({ status: 404, body: { status: 404, error } });
  });

  it('is not there for who may not read it', async () => {
    expect((await get('twins/example:cellar', 'other')).status).toBe(404);
  });
});

describe('trees', () => {
  it('hold each twin below its parent', async () => {
    const { body } = await get('twins/example:house/tree?fields=thingId');
    expect(body).toEqual({
      thingId: 'example:house',
      children: [
        { thingId: 'example:cellar', children: [{ thingId: 'example:store', children: [] }] },
        { thingId: 'example:floor', children: [{ thingId: 'example:room', children: [] }] },
      ],
    });
  });

  it('end at the depth asked for', async () => {
    expect((await get('twins/example:house/tree?fields=thingId&depth=1')).body).toEqual({
      thingId: 'example:house',
      children: [{ thingId: 'example:cellar' }, { thingId: 'example:floor' }],
    });
    expect((await get('twins/example:house/tree?fields=thingId&depth=0')).body).toEqual({ thingId: 'example:house' });
  });

  it('leave out what the caller may not read, and all that is below it', async () => {
    const { body } = await get('twins/example:house/tree?fields=thingId', 'other');
    expect(body).toEqual({
      thingId: 'example:house',
      children: [{ thingId: 'example:floor', children: [{ thingId: 'example:room', children: [] }] }],
    });
    expect(idsIn(await get('twins/example:house/descendants', 'other'))).toEqual(['example:floor', 'example:room']);
  });

  it('hold each twin once, though links were broken into a ring', async () => {
    expect((await get('twins/ring:a/tree?fields=thingId')).body).toEqual({
      thingId: 'ring:a',
      children: [{ thingId: 'ring:b', children: [] }],
    });
    expect(idsIn(await get('twins/ring:a/descendants'))).toEqual(['ring:b']);
    expect(idsIn(await get('twins/ring:a/ancestors'))).toEqual(['ring:b']);
  });

  it('have every twin of levels that are searched in parts', async () => {
    const wide = await openHttpApi();
    expect(await call(wide, 'PUT', '/api/2/policies/example:open', OPEN)).toMatchObject({ status: 201 });
    for (const [id, parents] of [
      ['wide:hall', undefined],
      ['wide:shelf', { 'wide:hall': 501 }],
      ['wide:box', { 'wide:shelf': 1 }],
    ] as const) {
      const attributes = { _isType: true, ...(parents && { _parents: parents }) };
      await call(wide, 'PUT', `/api/2/things/${id}`, { policyId: 'example:open', attributes });
    }
    await call(wide, 'POST', '/api/2/types/wide:hall/instances', { thingId: 'x:hall' });
    const { body } = await call(wide, 'GET', '/api/2/twins/x:hall/tree?fields=thingId');
    const { children } = body as { children: { thingId: string; children: { thingId: string; children: [] }[] }[] };
    await wide.close();
    expect(children.map(({ thingId }) => thingId)).toEqual(
      Array.from({ length: 501 }, (_, index) => `x:hall:shelf_${String(index + 1)}`).toSorted(),
    );
    for (const shelf of children) expect(shelf.children).toEqual([{ thingId: `${shelf.thingId}:box`, children: [] }]);
  });

  it('are read however deep they are', async () => {
    const ids = Array.from({ length: 45 }, (_, level) => `deep:${String(level)}`);
    for (const [level, id] of ids.entries()) await put(`things/${id}`, twin(ids[level - 1]));
    const first = (await get('twins/deep:0/descendants?option=size(40)&fields=thingId')).body as { cursor: string };
    const rest = await get(`twins/deep:0/descendants?option=size(40),cursor(${first.cursor})`);
    expect(idsIn(rest)).toHaveLength(4);
    expect(idsIn(await get('twins/deep:44/ancestors'))).toEqual(ids.slice(0, 44).toReversed());
    const { text } = await get('twins/deep:0/tree?fields=thingId');
    expect(text.match(/"thingId"/g)).toHaveLength(45);
    for (const id of ids) await call(api, 'DELETE', `/api/2/things/${id}`);
  });

  it.each(['depth=-1', 'depth=1.5', 'depth=many', 'depth=201', 'depth=', 'fields=a(', 'fields=//'])(
    'refuse %s',
    async (query) => {
      expect((await get(`twins/example:house/tree?${query}`)).status).toBe(400);
    },
  );
});

describe('relatives', () => {
  it('below come page by page, filtered', async () => {
    expect(idsIn(await get('twins/example:house/descendants?filter=eq(attributes/level,-1)'))).toEqual([
      'example:cellar',
      'example:store',
    ]);
    const first = (await get('twins/example:house/descendants?option=size(3)')).body as { cursor: string };
    expect(first.cursor.length).toBeLessThan(200);
    expect(idsIn(await get(`twins/example:house/descendants?option=size(3),cursor(${first.cursor})`))).toEqual([
      'example:store',
    ]);
    expect(idsIn(await get('twins/example:room/descendants'))).toEqual([]);
    expect(idsIn(await get('types/type:a/descendants'))).toEqual(['type:b']);
  });

  it('above come with the nearest first', async () => {
    expect(idsIn(await get('twins/example:room/ancestors'))).toEqual(['example:floor', 'example:house']);
    expect(idsIn(await get('twins/example:store/ancestors', 'other'))).toEqual([]);
    expect(idsIn(await get('types/type:b/ancestors'))).toEqual(['type:a']);
  });

  it('above are what they are, whatever of them the caller sees', async () => {
    await put('policies/example:features', {
      entries: {
        ...POLICY.entries,
        other: { ...OPEN.entries.other, resources: { 'thing:/features': { grant: ['READ'], revoke: [] } } },
      },
    });
    const attributes = { _isType: true };
    await put('things/type:above', { policyId: 'example:features', attributes, features: { f: {} } });
    await put('things/type:below', {
      policyId: 'example:open',
      attributes: { ...attributes, _parents: { 'type:above': 1 } },
    });
    expect(idsIn(await get('types/type:below/ancestors', 'other'))).toEqual(['type:above']);
  });

  it('right below are the children', async () => {
    expect(idsIn(await get('twins/example:house/children'))).toEqual(['example:cellar', 'example:floor']);
    expect((await get('types/type:a/children?fields=attributes/_parents')).body).toEqual({
      items: [{ attributes: { _parents: { 'type:a': 2 } } }],
    });
  });

  it.each(['filter=eq(', 'option=size(9999)', 'option=nope', 'roots=maybe', 'option=cursor(x)'])(
    'refuse %s',
    async (query) => {
      expect((await get(`twins?${query}`)).status).toBe(400);
    },
  );
});
