import { ALL, READ, ask, openHttpApi, subjects } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

const owner = { subjects: subjects('ditto'), resources: { 'thing:/': ALL, 'policy:/': ALL } };

let api: OpenHttpApi;
const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, `/api/2/${path}`, body, user);
const put = async (path: string, body: unknown): Promise<void> => {
  expect([200, 201, 204]).toContain((await send('put', path, body)).status);
};
const feeds = (source: string, target: string) => `twins/${source}/relations/feeds/${target}`;

beforeEach(async () => {
  api = await openHttpApi();
  const reader = { subjects: subjects('other'), resources: { 'thing:/': READ } };
  await put('policies/p:own', { entries: { owner } });
  await put('policies/p:shared', { entries: { owner, reader } });
  for (const id of ['x:pump', 'x:tank', 'x:valve']) await put(`things/${id}`, { policyId: 'p:shared' });
  await put('things/x:hidden', { policyId: 'p:own' });
  await put('things/x:type', { policyId: 'p:shared', attributes: { _isType: true } });
});
afterEach(() => api.close());

describe('a named relation between twins', () => {
  it('is made, shown, changed and removed, each planned first', async () => {
    const step = { thingId: 'x:pump', path: '/attributes/_relations', before: null };
    const after = [{ name: 'feeds', target: 'x:tank', properties: { pipe: 'DN50' } }];
    const dry = await send('put', `${feeds('x:pump', 'x:tank')}?dryRun=true`, { pipe: 'DN50' });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, changed: [{ ...step, after }] } });
    expect((await send('get', feeds('x:pump', 'x:tank'))).status).toBe(404);
    await put(feeds('x:pump', 'x:tank'), { pipe: 'DN50' });
    const made = await send('get', feeds('x:pump', 'x:tank'));
    const relation = { source: 'x:pump', name: 'feeds', target: 'x:tank' };
    expect(made).toMatchObject({ status: 200, body: { ...relation, properties: { pipe: 'DN50' } } });
    await put(feeds('x:pump', 'x:tank'), undefined);
    expect((await send('get', feeds('x:pump', 'x:tank'))).body).toEqual({ ...relation, properties: {} });
    expect((await send('delete', feeds('x:pump', 'x:tank'))).status).toBe(200);
    expect((await send('get', 'things/x:pump/attributes/_relations')).status).toBe(404);
    const gone = await send('delete', feeds('x:pump', 'x:tank'));
    expect(gone).toMatchObject({ status: 404, body: { error: 'gemel:composition.relation.notfound' } });
  });

  it('stands beside others, of the same name and to the same twin', async () => {
    await put(feeds('x:pump', 'x:tank'), {});
    await put(feeds('x:pump', 'x:valve'), {});
    await put('twins/x:pump/relations/controls/x:tank', { by: 'level' });
    const all = (query: string) => send('get', `twins/x:pump/relations${query}`);
    const item = (name: string, target: string, properties = {}) => ({ source: 'x:pump', name, target, properties });
    const controls = item('controls', 'x:tank', { by: 'level' });
    expect((await all('')).body).toEqual({ items: [item('feeds', 'x:tank'), item('feeds', 'x:valve'), controls] });
    expect((await all('?name=controls')).body).toEqual({ items: [controls] });
    await send('delete', feeds('x:pump', 'x:tank'));
    expect((await all('')).body).toEqual({ items: [item('feeds', 'x:valve'), controls] });
  });

  it('is found from its other end, page by page, by whoever may read what has it', async () => {
    for (const id of ['x:pump', 'x:valve', 'x:hidden']) await put(feeds(id, 'x:tank'), {});
    await put('twins/x:valve/relations/guards/x:pump', {});
    const into = async (query = '', user?: string) => {
      const { body } = await send('get', `twins/x:tank/relations?direction=in${query}`, undefined, user);
      const { items, ...page } = body as { items: { source: string }[]; cursor?: string };
      return { ...page, sources: items.map(({ source }) => source) };
    };
    expect(await into()).toEqual({ sources: ['x:hidden', 'x:pump', 'x:valve'] });
    expect(await into('', 'other')).toEqual({ sources: ['x:pump', 'x:valve'] });
    // The valve feeds the tank and guards something else.
    expect(await into('&name=guards')).toEqual({ sources: [] });
    expect(await into('&filter=like(thingId,"*valve")')).toEqual({ sources: ['x:valve'] });
    const first = await into('&option=size(2)');
    expect(first).toMatchObject({ sources: ['x:hidden', 'x:pump'], cursor: expect.any(String) });
    expect(await into(`&option=cursor(${first.cursor ?? ''})`)).toEqual({ sources: ['x:valve'] });
  });

  it('is an attribute, which any search finds, and which instances cannot bring along', async () => {
    await put(feeds('x:pump', 'x:tank'), { pipe: 'DN50' });
    const found = await send('get', 'search/things?filter=eq(attributes/_relations/target,"x:tank")&fields=thingId');
    expect(found.body).toMatchObject({ items: [{ thingId: 'x:pump' }] });
    const values = { attributes: { _relations: [] } };
    const asked = await send('post', 'types/x:type/instances', { thingId: 'x:new', values });
    expect(asked).toMatchObject({ status: 422, body: { error: 'gemel:composition.attribute.reserved' } });
  });

  it('points within the copy where it pointed within the original, else to the same twin', async () => {
    for (const id of ['x:pump', 'x:valve']) await send('post', `twins/${id}/move`, { parent: 'x:hidden' });
    await put(feeds('x:pump', 'x:valve'), { pipe: 'DN50' });
    await put(feeds('x:pump', 'x:tank'), {});
    expect((await send('post', 'twins/x:hidden/duplicate', { thingId: 'y:copy' })).status).toBe(201);
    const { body } = await send('get', 'twins/y:copy:pump/relations');
    expect(body).toEqual({
      items: [
        { source: 'y:copy:pump', name: 'feeds', target: 'y:copy:valve', properties: { pipe: 'DN50' } },
        { source: 'y:copy:pump', name: 'feeds', target: 'x:tank', properties: {} },
      ],
    });
  });

  it.each([
    ['to a twin that is not there', 'put', feeds('x:pump', 'x:none'), {}, 404, 'things:thing.notfound'],
    ['of a twin that is not there', 'put', feeds('x:none', 'x:pump'), {}, 404, 'things:thing.notfound'],
    ['to a type', 'put', feeds('x:pump', 'x:type'), {}, 404, 'gemel:composition.kind.wrong'],
    ['of a type', 'put', feeds('x:type', 'x:pump'), {}, 404, 'gemel:composition.kind.wrong'],
    ['with an ID that is none', 'put', feeds('x:pump', 'pump'), {}, 400, 'things:id.invalid'],
    ['with a list', 'put', feeds('x:pump', 'x:tank'), [], 400, 'gemel:composition.body.invalid'],
    ['with a text', 'put', feeds('x:pump', 'x:tank'), 'DN50', 400, 'gemel:composition.body.invalid'],
    [
      'named __proto__',
      'put',
      'twins/x:pump/relations/__proto__/x:tank',
      {},
      400,
      'gemel:composition.relation.name.invalid',
    ],
    [
      'with a name that is too long',
      'get',
      `twins/x:pump/relations/${'a'.repeat(65)}/x:tank`,
      undefined,
      400,
      'gemel:composition.relation.name.invalid',
    ],
    [
      'in no direction',
      'get',
      'twins/x:pump/relations?direction=up',
      undefined,
      400,
      'gemel:composition.query.invalid',
    ],
    [
      'in a name that is none',
      'get',
      'twins/x:pump/relations?name=1',
      undefined,
      400,
      'gemel:composition.relation.name.invalid',
    ],
  ] as const)('%s is refused', async (_what, verb, path, body, status, error) => {
    expect(await send(verb, path, body)).toMatchObject({ status, body: { error } });
    expect((await send('get', 'twins/x:pump/relations')).body).toEqual({ items: [] });
  });

  it('needs the right to write its beginning, and to read its end', async () => {
    const unwritable = await send('put', feeds('x:pump', 'x:tank'), {}, 'other');
    expect(unwritable).toMatchObject({ status: 403, body: { error: 'things:attribute.notmodifiable' } });
    await put('policies/p:writer', {
      entries: { owner, writer: { subjects: subjects('other'), resources: { 'thing:/': ALL } } },
    });
    await put('things/x:own', { policyId: 'p:writer' });
    const unseen = await send('put', feeds('x:own', 'x:hidden'), {}, 'other');
    expect(unseen).toMatchObject({ status: 404, body: { error: 'things:thing.notfound' } });
    expect((await send('put', feeds('x:own', 'x:tank'), {}, 'other')).status).toBe(200);
  });

  it('holds changes to the entity tag of the twin that has it', async () => {
    await put(feeds('x:pump', 'x:tank'), {});
    const stale = await send('delete', feeds('x:pump', 'x:tank')).set('if-match', '"rev:1"');
    expect(stale.status).toBe(412);
    expect((await send('get', feeds('x:pump', 'x:tank'))).status).toBe(200);
  });

  it('is shown past what others have broken by direct writes', async () => {
    const good = { name: 'feeds', target: 'x:tank' };
    const broken = [null, 7, { name: 'feeds' }, { name: '', target: 'x:a' }, { name: 'feeds', target: 'tank' }];
    await put('things/x:pump/attributes', { _relations: [...broken, good] });
    const { body } = await send('get', 'twins/x:pump/relations');
    expect(body).toEqual({ items: [{ source: 'x:pump', ...good, properties: {} }] });
    await put('things/x:pump/attributes', { _relations: 'none' });
    expect((await send('get', 'twins/x:pump/relations')).body).toEqual({ items: [] });
    await put(feeds('x:pump', 'x:tank'), {});
    expect((await send('get', 'things/x:pump/attributes/_relations')).body).toEqual([good]);
  });
});
