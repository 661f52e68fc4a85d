import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const RIGHTS = {
  'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
  'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
};

type Method = Parameters<typeof call>[1];
interface Item {
  readonly kind: string;
  readonly thing?: { readonly thingId: string };
  readonly version?: object;
}

let api: OpenHttpApi;
let other: OpenHttpApi;

const send = (to: OpenHttpApi, method: Method, path: string, body?: unknown): Promise<Answer> =>
  call(to, method, `/api/2/${path}`, body);
const done = async (method: Method, path: string, body?: unknown): Promise<void> => {
  const { status, text } = await send(api, method, path, body);
  expect([200, 201, 204, text]).toContain(status);
};
const exported = async (from: OpenHttpApi, query = ''): Promise<readonly Item[]> =>
  ((await send(from, 'GET', `export${query}`)).body as unknown as { items: Item[] }).items;
const idsIn = (items: readonly Item[]) => items.map(({ kind, thing }) => thing?.thingId ?? kind);
const importLines = (to: OpenHttpApi, body: string, query = '') =>
  fetch(`${to.url}/api/2/import${query}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('ditto:ditto').toString('base64')}`,
      'content-type': 'application/x-ndjson',
    },
    body,
  });

beforeEach(async () => {
  [api, other] = [await openHttpApi(), await openHttpApi()];
  const policy = { entries: { o: { subjects: { 'nginx:ditto': { type: 't' } }, resources: RIGHTS } } };
  for (const each of [api, other]) await send(each, 'PUT', 'policies/x:p', policy);
  const type = (more: object) => ({ policyId: 'x:p', attributes: { _isType: true, ...more } });
  await done('PUT', 'things/x:zcar', type({}));
  await done('PUT', 'things/x:awheel', type({ _parents: { 'x:zcar': 2 } }));
  await done('PUT', 'types/x:zcar/model', {
    validation: 'warn',
    features: { f: { properties: { p: { default: 1 } } } },
  });
  await done('POST', 'types/x:zcar/versions', { version: '1.0.0' });
  await done('POST', 'types/x:zcar/instances', { thingId: 'x:mine' });
});

afterEach(async () => {
  await api.close();
  await other.close();
});

describe('an export', () => {
  it('has types before twins, parents before children, versions after their types', async () => {
    const all = ['x:zcar', 'version', 'x:awheel', 'x:mine', 'x:mine:awheel_1', 'x:mine:awheel_2'];
    expect(idsIn(await exported(api))).toEqual(all);
    expect(idsIn(await exported(api, '?kind=twins'))).toEqual(all.slice(3));
    expect(idsIn(await exported(api, '?kind=types'))).toEqual(all.slice(0, 3));
    expect(idsIn(await exported(api, '?root=x:mine'))).toEqual(all.slice(3));
    expect(idsIn(await exported(api, '?root=x:zcar'))).toEqual(all.slice(0, 3));
  });

  it.each([
    ['?root=x:none', 404],
    ['?root=none', 400],
    ['?kind=things', 400],
    ['?format=csv', 400],
  ])('is refused for %s', async (query, status) => {
    expect((await send(api, 'GET', `export${query}`)).status).toBe(status);
  });

  it('comes back as it was, as JSON and as lines, in any order', async () => {
    const items = await exported(api);
    const dry = await send(other, 'POST', 'import?dryRun=true', { items });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, conflicts: [] } });
    expect(await exported(other)).toEqual([]);
    expect((await send(other, 'POST', 'import', { items: items.toReversed() })).status).toBe(200);
    expect(await exported(other)).toEqual(items);
    const lines = await send(other, 'GET', 'export?format=ndjson');
    expect(lines.headers['content-type']).toBe('application/x-ndjson');
    expect(lines.text.trimEnd().split('\n')).toHaveLength(items.length);
    expect((await importLines(other, lines.text, '?mode=replace')).status).toBe(200);
    expect(await exported(other)).toEqual(items);
  });
});

describe('an export of a root', () => {
  it.each([
    ['x:zcar', 'types', 200],
    ['x:zcar', 'all', 200],
    ['x:zcar', 'twins', 404],
    ['x:mine', 'twins', 200],
    ['x:mine', 'types', 404],
    ['x:mine', 'both', 400],
  ])('of %s as %s answers %i', async (root, kind, status) => {
    expect((await send(api, 'GET', `export?root=${root}&kind=${kind}`)).status).toBe(status);
  });
});

describe('an import', () => {
  it('creates, merges or replaces, as asked', async () => {
    const twin = (attributes: object) => ({
      items: [{ kind: 'twin', thing: { thingId: 'x:one', policyId: 'x:p', attributes } }],
    });
    expect((await send(api, 'POST', 'import', twin({ a: 1 }))).status).toBe(200);
    expect(await send(api, 'POST', 'import', twin({ b: 2 }))).toMatchObject({
      status: 409,
      body: { conflicts: [{ thingId: 'x:one' }] },
    });
    expect((await send(api, 'POST', 'import?mode=merge', twin({ b: 2 }))).status).toBe(200);
    expect((await send(api, 'GET', 'things/x:one/attributes')).body).toEqual({ a: 1, b: 2 });
    expect((await send(api, 'POST', 'import?mode=replace', twin({ c: 3 }))).status).toBe(200);
    expect((await send(api, 'GET', 'things/x:one/attributes')).body).toEqual({ c: 3 });
  });

  it('changes nothing when anything stands against it, and tells of all that does', async () => {
    const thing = (thingId: string, attributes: object, policyId = 'x:p') => ({
      kind: 'twin',
      thing: { thingId, policyId, attributes },
    });
    const refused = await send(other, 'POST', 'import', {
      items: [
        thing('x:good', {}),
        thing('x:orphan', { _parents: 'x:none' }),
        thing('x:a', { _parents: 'x:b' }),
        thing('x:b', { _parents: 'x:a' }),
        thing('x:good', {}),
      ],
    });
    expect(refused.status).toBe(409);
    const { conflicts } = refused.body as unknown as { conflicts: { thingId: string; error: string }[] };
    expect(conflicts.map(({ thingId, error }) => `${thingId} ${error}`)).toEqual([
      'x:good gemel:composition.id.ambiguous',
      'x:orphan gemel:composition.parent.notfound',
      'x:a gemel:composition.cycle',
    ]);
    expect(await exported(other)).toEqual([]);
  });

  it.each([
    ['type', { _isType: true, _parents: { 'x:zcar': '3abc' } }],
    ['type', { _isType: true, _parents: { 'x:zcar': 0 } }],
    ['type', { _isType: true, _parents: 'x:zcar' }],
    ['type', { _isType: true, _parents: { 'no id': 1 } }],
    ['twin', { _parents: { 'x:mine': 1 } }],
    ['twin', { _parents: 'no id' }],
    ['twin', { _parents: 5 }],
  ])('refuses a %s with %j', async (kind, attributes) => {
    const items = [{ kind, thing: { thingId: 'x:new', policyId: 'x:p', attributes } }];
    expect(await send(api, 'POST', 'import', { items })).toMatchObject({
      status: 400,
      body: { error: 'gemel:composition.parents.invalid', conflicts: [{ thingId: 'x:new' }] },
    });
    expect((await send(api, 'GET', 'things/x:new')).status).toBe(404);
  });

  it('takes the empty parents that OpenTwins leaves behind', async () => {
    const attributes = { _isType: true, _parents: {} };
    const items = [{ kind: 'type', thing: { thingId: 'x:new', policyId: 'x:p', attributes } }];
    expect((await send(api, 'POST', 'import', { items })).status).toBe(200);
  });

  it('leaves alone what is like that already', async () => {
    const items = await exported(api);
    const before = await api.store.end();

    for (const mode of ['merge', 'replace']) {
      expect(await send(api, 'POST', `import?mode=${mode}`, { items })).toMatchObject({
        status: 200,
        body: { created: [], changed: [], conflicts: [] },
      });
    }

    expect(await api.store.end()).toEqual(before);
  });

  it.each(['?mode=merge', '?mode=replace', '?mode=merge&dryRun=true'])(
    'tells nobody by that what they may not read: %s',
    async (query) => {
      const items = (await exported(api)).filter(({ thing }) => thing?.thingId === 'x:mine');
      const guess = [{ kind: 'twin', thing: { thingId: 'x:mine', policyId: 'x:p', attributes: { a: 1 } } }];
      const [same, different] = await Promise.all(
        [items, guess].map((of) => call(api, 'POST', `/api/2/import${query}`, { items: of }, { user: 'other' })),
      );
      const conflictsOf = (answer: Answer | undefined) => (answer?.body as { conflicts?: unknown[] }).conflicts;
      expect(items).toHaveLength(1);
      expect(conflictsOf(same)).toHaveLength(1);
      expect([same?.status, conflictsOf(same)]).toEqual([different?.status, conflictsOf(different)]);
    },
  );

  describe('by somebody who may not read all', () => {
    const asOther = (query: string, items: readonly object[]): Promise<Answer> =>
      call(api, 'POST', `/api/2/import${query}`, { items }, { user: 'other' });
    const twin = (thingId: string, more: object = {}) => ({ kind: 'twin', thing: { thingId, ...more } });

    beforeEach(async () => {
      const owner = { subjects: { 'nginx:ditto': { type: 't' } }, resources: RIGHTS };
      const policyFor = (resources: object) => ({
        entries: { o: owner, p: { subjects: { 'nginx:other': { type: 't' } }, resources } },
      });
      await done('PUT', 'policies/x:writer', policyFor({ 'thing:/': { grant: ['WRITE'], revoke: [] } }));
      await done('PUT', 'policies/x:both', policyFor(RIGHTS));
      await done('PUT', 'things/x:hidden', { policyId: 'x:p', attributes: { secret: 'pssst' } });
      await done('PUT', 'things/x:blind', { policyId: 'x:writer', attributes: { secret: 'pssst' } });
      await done('PUT', 'things/x:seen', { policyId: 'x:both', attributes: { _parents: 'x:hidden' } });
    });

    it.each(['x:hidden', 'x:blind'])('shows nothing of what is in %s', async (id) => {
      for (const query of ['?mode=merge&dryRun=true', '?mode=replace&dryRun=true', '?mode=merge'])
        expect((await asOther(query, [twin(id, { attributes: { a: 1 } })])).text).not.toContain('pssst');
      const planned = await asOther('?mode=merge&dryRun=true', [twin(id, { attributes: { a: 1 } })]);
      expect(planned.body).toMatchObject({ changed: [{ before: null, after: { attributes: { a: 1 } } }] });
    });

    it('knows a parent that is hidden no better than one that is not there', async () => {
      for (const parent of ['x:hidden', 'x:blind', 'x:nowhere']) {
        const items = [twin('x:new', { policyId: 'x:both', attributes: { _parents: parent } })];
        expect(await asOther('', items)).toMatchObject({
          status: 404,
          body: { error: 'gemel:composition.parent.notfound', conflicts: [{ thingId: 'x:new' }] },
        });
      }
    });

    it('leaves a thing where it is, whoever may read its parent', async () => {
      expect(await asOther('?mode=merge', [twin('x:seen', { attributes: { a: 1 } })])).toMatchObject({ status: 200 });
    });

    it('does not name what is hidden on the way around', async () => {
      await done('PUT', 'things/x:hidden/attributes/_parents', 'x:top');
      await done('PUT', 'things/x:top', { policyId: 'x:both' });
      const { status, text } = await asOther('?mode=merge', [twin('x:top', { attributes: { _parents: 'x:seen' } })]);
      expect([status, text]).toEqual([409, expect.stringContaining('x:seen > …')]);
      expect(text).not.toContain('x:hidden');
    });
  });

  it.each([
    ['x:zcar', { kind: 'twin', thing: { thingId: 'x:zcar', policyId: 'x:p' } }],
    ['x:mine', { kind: 'type', thing: { thingId: 'x:mine', policyId: 'x:p', attributes: { _isType: true } } }],
  ])('does not turn %s into the other kind while it has children', async (id, item) => {
    const before = await send(api, 'GET', `things/${id}`);
    for (const query of ['?mode=replace', '?mode=replace&dryRun=true']) {
      const { status, body } = await send(api, 'POST', `import${query}`, { items: [item] });
      expect([query.includes('dryRun') ? 200 : 409, body]).toMatchObject([
        status,
        { conflicts: [{ thingId: id, error: 'gemel:composition.children' }] },
      ]);
    }
    expect(await send(api, 'GET', `things/${id}`)).toMatchObject({ status: 200, body: before.body });
  });

  it('turns a thing into the other kind together with its children', async () => {
    const turned = ['x:mine', 'x:mine:awheel_1', 'x:mine:awheel_2'].map((thingId, index) => ({
      kind: 'type',
      thing: {
        thingId,
        policyId: 'x:p',
        attributes: { _isType: true, ...(index === 0 ? {} : { _parents: { 'x:mine': 1 } }) },
      },
    }));
    expect(await send(api, 'POST', 'import?mode=replace', { items: turned })).toMatchObject({ status: 200 });
    expect(await send(api, 'GET', 'types/x:mine/children?fields=thingId')).toMatchObject({
      body: { items: [{ thingId: 'x:mine:awheel_1' }, { thingId: 'x:mine:awheel_2' }] },
    });
  });

  it('plans a replacement with the thing as it will be', async () => {
    const thing = { thingId: 'x:mine', policyId: 'x:p', attributes: { a: 1 } };
    const items = [{ kind: 'twin', thing }];
    expect(await send(api, 'POST', 'import?mode=replace&dryRun=true', { items })).toMatchObject({
      status: 200,
      body: { changed: [{ thingId: 'x:mine', path: '/', after: thing }], conflicts: [] },
    });
  });

  it('takes a version that is there when it is the same, and no other one', async () => {
    const items = await exported(api, '?kind=types');
    expect((await send(api, 'POST', 'import?mode=merge', { items })).status).toBe(200);
    const changed = items.map((item) =>
      item.version === undefined ? item : { ...item, version: { ...item.version, note: 'x' } },
    );
    expect(await send(api, 'POST', 'import?mode=merge', { items: changed })).toMatchObject({
      status: 409,
      body: { error: 'gemel:composition.version.exists' },
    });
  });

  it.each([
    ['no items', {}],
    ['items that are none', { items: [1] }],
    ['an unknown kind', { items: [{ kind: 'policy', thing: {} }] }],
    ['no thing', { items: [{ kind: 'twin' }] }],
    ['no ID', { items: [{ kind: 'twin', thing: {} }] }],
    [
      'a type that says it is a twin',
      { items: [{ kind: 'twin', thing: { thingId: 'x:a', attributes: { _isType: true } } }] },
    ],
  ])('is refused with %s', async (_name, body) => {
    expect(await send(other, 'POST', 'import', body)).toMatchObject({
      status: 400,
      body: { error: 'gemel:composition.import.invalid' },
    });
  });

  it('names the line that is broken', async () => {
    const answer = await importLines(other, '{"kind":"twin","thing":{"thingId":"x:a","policyId":"x:p"}}\n\n{"kind":');
    expect([answer.status, await answer.json()]).toMatchObject([400, { message: expect.stringContaining('line 3') }]);
    expect((await send(other, 'GET', 'things/x:a')).status).toBe(404);
    expect((await send(other, 'POST', 'import?mode=overwrite', { items: [] })).status).toBe(400);
  });
});
