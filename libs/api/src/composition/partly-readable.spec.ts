import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const RIGHTS = {
  'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
  'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
};
/** The owner has all rights, another one reads what is named. */
const policyShowing = (paths: readonly string[]) => ({
  entries: {
    owner: { subjects: { 'nginx:ditto': { type: 'test' } }, resources: RIGHTS },
    other: {
      subjects: { 'nginx:other': { type: 'test' } },
      resources: Object.fromEntries(paths.map((path) => [`thing:/${path}`, { grant: ['READ'], revoke: [] }])),
    },
  },
});

interface Item {
  readonly kind: string;
  readonly thing: { readonly thingId: string };
}

let api: OpenHttpApi;
const get = (path: string): Promise<Answer> => call(api, 'GET', `/api/2/${path}`, undefined, { user: 'other' });
const put = async (path: string, body: unknown): Promise<void> => {
  const { status, text } = await call(api, 'PUT', `/api/2/${path}`, body);
  expect([201, 204, text]).toContain(status);
};
const itemsOf = async <T>(path: string): Promise<readonly T[]> => {
  const { status, body } = await get(path);
  expect(status).toBe(200);
  return (body as unknown as { items: readonly T[] }).items;
};
const idsIn = async (path: string) => (await itemsOf<Item['thing']>(path)).map(({ thingId }) => thingId);

/** Of none of the things does the other one see which kind it is of. */
beforeEach(async () => {
  api = await openHttpApi();
  await put('policies/x:features', policyShowing(['features']));
  await put('policies/x:links', policyShowing(['attributes/_parents']));
  const type = (policyId: string, more: object) => ({ policyId, attributes: { _isType: true, ...more } });
  await put('things/x:type', { ...type('x:features', {}), features: { f: {} } });
  await put('things/x:twin', { policyId: 'x:features', features: { f: {} } });
  await put('things/y:car', type('x:links', { _parents: { 'y:line': 1 } }));
  await put('things/y:wheel', type('x:links', { _parents: { 'y:car': 4 } }));
  await put('things/y:line', type('x:links', {}));
});
afterEach(() => api.close());

describe('a type of which the caller does not see that it is one', () => {
  it('is among types, and not among twins', async () => {
    expect(await idsIn('types')).toEqual(['x:type', 'y:car', 'y:line', 'y:wheel']);
    expect(await idsIn('twins')).toEqual(['x:twin']);
    expect(await idsIn('types?roots=true')).toEqual(['x:type', 'y:line']);
    expect(await idsIn('types/y:car/children')).toEqual(['y:wheel']);
  });

  it.each(['', '&policies=true', '&format=ndjson'])('is exported as one%s', async (format) => {
    const { status, text } = await get(`export?kind=all${format}`);
    const items = text.startsWith('{"items"')
      ? (JSON.parse(text) as { items: Item[] }).items
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Item);
    expect(status).toBe(200);
    expect(items.map(({ kind, thing }) => `${kind} ${thing.thingId}`)).toEqual([
      'type x:type',
      'type y:line',
      'type y:car',
      'type y:wheel',
      'twin x:twin',
    ]);
  });

  it.each(['x:type', 'y:car'])('is exported as one as the root %s', async (root) => {
    expect((await itemsOf<Item>(`export?root=${root}`)).map(({ kind }) => kind)[0]).toBe('type');
    expect((await get(`export?root=${root}&kind=twins`)).status).toBe(404);
  });

  it('comes in as a type again', async () => {
    const elsewhere = await openHttpApi();
    await call(elsewhere, 'PUT', '/api/2/policies/x:features', policyShowing(['features']));
    const items = await itemsOf('export?root=x:type');
    expect((await call(elsewhere, 'POST', '/api/2/import', { items })).status).toBe(200);
    const types = (await call(elsewhere, 'GET', '/api/2/types')).body as { items: Item['thing'][] };
    await elsewhere.close();
    expect(types.items.map(({ thingId }) => thingId)).toEqual(['x:type']);
  });
});
