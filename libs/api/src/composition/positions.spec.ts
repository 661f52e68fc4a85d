import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const all = { grant: ['READ', 'WRITE'], revoke: [] };
const owner = { subjects: { 'nginx:ditto': { type: 'test' } }, resources: { 'thing:/': all, 'policy:/': all } };
const reader = {
  subjects: { 'nginx:other': { type: 'test' } },
  resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
};
const writer = { subjects: { 'nginx:other': { type: 'test' } }, resources: { 'thing:/': all } };

let api: OpenHttpApi;
type Verb = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
const send = (verb: Verb, path: string, body?: unknown, user = 'ditto'): Promise<Answer> =>
  call(api, verb, `/api/2/${path}`, body, { user });
const put = async (path: string, body: unknown): Promise<void> => {
  expect([201, 204]).toContain((await send('PUT', path, body)).status);
};
const idsOf = (list: unknown): readonly string[] => (list as { thingId: string }[]).map(({ thingId }) => thingId);
const below = async (path: string, user?: string): Promise<readonly string[]> => {
  const { body } = await send('GET', `${path}/children?fields=thingId`, undefined, user);
  return idsOf((body as { items: unknown }).items);
};
const tree = async (id: string): Promise<readonly string[]> => {
  const { body } = await send('GET', `twins/${id}/tree?fields=thingId`);
  return idsOf((body as { children: unknown }).children);
};
const changed = ({ body }: Answer) => (body as { changed: object[] }).changed;

beforeEach(async () => {
  api = await openHttpApi();
  await put('policies/p:shared', { entries: { owner, reader } });
  await put('policies/p:open', { entries: { owner, writer } });
});
afterEach(() => api.close());

describe('a position among the children of a twin', () => {
  const attributes = { _parents: 'x:row' };
  beforeEach(async () => {
    await put('things/x:row', { policyId: 'p:shared' });
    for (const id of ['x:a', 'x:b', 'x:c']) await put(`things/${id}`, { policyId: 'p:shared', attributes });
  });
  const move = (id: string, body: unknown, query = '', user?: string) =>
    send('POST', `twins/${id}/move${query}`, body, user);

  it('is given by a move, planned first, and shown by trees, pages and searches', async () => {
    await put('things/x:new', { policyId: 'p:shared' });
    const asked = { parent: 'x:row', position: 3 };
    const dry = await move('x:new', asked, '?dryRun=true');
    expect(changed(dry)).toEqual([{ thingId: 'x:new', path: '/attributes/_parents', before: null, after: 'x:row' }]);
    expect((await move('x:a', { position: 9 })).body).toMatchObject({
      changed: [{ thingId: 'x:a', path: '/attributes/_position', before: null, after: 1 }],
    });
    await move('x:new', { parent: 'x:row', position: 2 });
    const expected = ['x:b', 'x:c', 'x:new', 'x:a'];
    expect(await below('twins/x:row')).toEqual(expected);
    expect(await tree('x:row')).toEqual(expected);
    const query = 'filter=eq(attributes/_parents,"x:row")&option=sort(%2Battributes/_position)&fields=thingId';
    expect((await send('GET', `search/things?${query}`)).body).toMatchObject({
      items: expected.map((thingId) => ({ thingId })),
    });
  });

  it('asks for a position of others only where they would be in the way', async () => {
    expect(changed(await move('x:c', { position: 0 }))).toEqual([
      { thingId: 'x:c', path: '/attributes/_position', before: null, after: 1 },
      { thingId: 'x:a', path: '/attributes/_position', before: null, after: 2 },
      { thingId: 'x:b', path: '/attributes/_position', before: null, after: 3 },
    ]);
    expect(changed(await move('x:b', { position: 1 }))).toEqual([
      { thingId: 'x:b', path: '/attributes/_position', before: 3, after: 1.5 },
    ]);
    expect(changed(await move('x:b', { position: 1 }))).toEqual([]);
    expect(await below('twins/x:row')).toEqual(['x:c', 'x:b', 'x:a']);
  });

  it('is removed when it is null, and with the parent', async () => {
    await move('x:a', { position: 2 });
    await move('x:a', { position: null });
    expect((await send('GET', 'things/x:a/attributes')).body).toEqual(attributes);
    await move('x:a', { position: 2 });
    expect(changed(await move('x:a', { parent: 'x:b' }))).toEqual([
      {
        thingId: 'x:a',
        path: '/attributes',
        before: { _parents: 'x:row', _position: 1 },
        after: { _parents: 'x:b' },
      },
    ]);
    await move('x:c', { position: 1 });
    await move('x:b', { position: 1 });
    await send('DELETE', 'twins/x:row');
    for (const id of ['x:b', 'x:c'])
      expect((await send('GET', `things/${id}`)).body).not.toHaveProperty('attributes._position');
  });

  it('can be given to all: those named come first', async () => {
    const reorder = (children: unknown, query = '', user?: string) =>
      send('POST', `twins/x:row/reorder${query}`, { children }, user);
    expect(changed(await reorder(['x:c'], '?dryRun=true'))).toHaveLength(3);
    expect(await below('twins/x:row')).toEqual(['x:a', 'x:b', 'x:c']);
    const commits = await api.store.end();
    expect((await reorder(['x:c', 'x:a'])).status).toBe(200);
    expect(await below('twins/x:row')).toEqual(['x:c', 'x:a', 'x:b']);
    expect(await api.store.end()).toBe(commits + 3);
    expect(changed(await reorder(['x:c']))).toEqual([]);
    expect(await reorder(['x:c', 'x:row'])).toMatchObject({
      status: 404,
      body: { error: 'gemel:composition.link.notfound', conflicts: [{ thingId: 'x:row' }] },
    });
    for (const wrong of [undefined, 'x:c', [1], ['x:c', 'x:c']])
      expect(await reorder(wrong)).toMatchObject({ status: 400, body: { error: 'gemel:composition.body.invalid' } });
    expect(await reorder(['no id'])).toMatchObject({ status: 400, body: { error: 'things:id.invalid' } });
    expect(await reorder(['x:b'], '', 'other')).toMatchObject({ status: 403 });
    expect(await send('POST', 'twins/x:none/reorder', { children: [] })).toMatchObject({ status: 404 });
  });

  it('is the business of those who may write what moves', async () => {
    await put('things/x:c/policyId', 'p:open');
    expect((await move('x:c', { position: 1 }, '', 'other')).status).toBe(403);
    await put('things/x:b/policyId', 'p:open');
    expect((await move('x:c', { position: 1 }, '', 'other')).status).toBe(200);
    expect(await below('twins/x:row', 'other')).toEqual(['x:a', 'x:c', 'x:b']);
  });

  it('survives what is written past it', async () => {
    await put('things/x:a/attributes/_position', 'last');
    await put('things/x:b/attributes/_position', { no: 'number' });
    expect(await tree('x:row')).toEqual(['x:c', 'x:a', 'x:b']);
    expect(await below('twins/x:row')).toEqual(['x:c', 'x:a', 'x:b']);
    await move('x:c', { position: 1 });
    expect(await tree('x:row')).toEqual(['x:a', 'x:c', 'x:b']);
  });
});

describe('a position among the children of a type', () => {
  const type = { policyId: 'p:shared', attributes: { _isType: true } };
  beforeEach(async () => {
    for (const id of ['t:car', 't:axle', 't:door', 't:wheel']) await put(`things/${id}`, type);
    for (const id of ['t:axle', 't:door', 't:wheel']) await send('PUT', `types/t:car/children/${id}`, {});
  });
  const link = (id: string) => `types/t:car/children/${id}`;

  it('is a member of the link, and only there when it was asked for', async () => {
    expect((await send('GET', link('t:door'))).body).toEqual({ count: 1 });
    expect((await send('PATCH', link('t:door'), { position: 2 })).status).toBe(200);
    expect((await send('GET', link('t:door'))).body).toEqual({ count: 1, position: 2 });
    expect((await send('GET', 'things/t:door/attributes/_links')).body).toEqual({ 't:car': { position: 1 } });
    expect(await below('types/t:car')).toEqual(['t:axle', 't:wheel', 't:door']);
    await send('PATCH', link('t:door'), { name: 'd{i}' });
    expect((await send('GET', link('t:door'))).body).toEqual({ count: 1, name: 'd{i}', position: 2 });
    await send('PATCH', link('t:door'), { position: null });
    expect((await send('GET', 'things/t:door/attributes/_links')).body).toEqual({ 't:car': { name: 'd{i}' } });
    await send('PATCH', link('t:door'), { position: 9 });
    await send('PUT', link('t:door'), { count: 2 });
    expect((await send('GET', 'things/t:door/attributes')).body).toEqual({ _isType: true, _parents: { 't:car': 2 } });
    expect(await send('PUT', link('t:door'), { position: 'first' })).toMatchObject({ status: 400 });
  });

  it('can be given to all, and is that of the parts of instances, copies and later parts', async () => {
    expect((await send('POST', 'types/t:car/reorder', { children: ['t:wheel', 't:axle'] })).status).toBe(200);
    expect(await below('types/t:car')).toEqual(['t:wheel', 't:axle', 't:door']);
    await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    const parts = ['wheel', 'axle', 'door'];
    expect(await tree('x:car')).toEqual(parts.map((part) => `x:car:${part}`));
    await send('POST', 'twins/x:car/duplicate', { thingId: 'x:copy' });
    expect(await tree('x:copy')).toEqual(parts.map((part) => `x:copy:${part}`));
    await send('PATCH', link('t:wheel'), { count: 2 });
    await send('POST', 'types/t:car/reconcile');
    expect(await tree('x:car')).toEqual(['x:car:wheel', 'x:car:wheel_2', 'x:car:axle', 'x:car:door']);
    expect((await send('DELETE', link('t:wheel'))).status).toBe(200);
    expect((await send('GET', 'things/t:wheel/attributes')).body).toEqual({ _isType: true });
  });

  it('leaves instances as they are while nobody asks for one', async () => {
    await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect((await send('GET', 'things/x:car:axle/attributes')).body).toEqual({
      _isType: false,
      _parents: 'x:car',
      type: 't:axle',
    });
    const row = { thingId: 'x:new', parent: 'x:car', position: 1 };
    const dry = await send('POST', 'types/t:door/instances?dryRun=true', row);
    expect(changed(dry)).toHaveLength(2);
    expect((await send('POST', 'types/t:door/instances', row)).status).toBe(201);
    expect(await tree('x:car')).toEqual(['x:car:axle', 'x:new', 'x:car:door', 'x:car:wheel']);
    expect(await send('POST', 'types/t:door/instances', { position: 1 })).toMatchObject({ status: 400 });
  });
});
