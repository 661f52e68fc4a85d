import { ALL, ask, openHttpApi, READ, subjects } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, `/api/2${path}`, body, user);

const OWNER = { subjects: subjects('ditto'), resources: { 'policy:/': ALL } };
const owned = (entries: object = {}, imports: object = {}) => ({ imports, entries: { owner: OWNER, ...entries } });
const put = (id: string, value: unknown = owned()) => send('put', `/policies/${id}`, value).expect(201);

/** The ids of a page, and its cursor. */
async function page(query: Readonly<Record<string, string>> = {}, user = 'ditto') {
  const parameters = new URLSearchParams(query).toString();
  const response = await send('get', `/policies?${parameters}`, undefined, user).expect(200);
  const { items, cursor } = response.body as { items: { policyId: string }[]; cursor?: string };
  return { ids: items.map(({ policyId }) => policyId), cursor };
}

describe('the list of policies', () => {
  it('has those that the caller may read something of, with what is readable', async () => {
    await put('a:1');
    await put('a:2', owned({ guest: { subjects: subjects('other'), resources: { 'policy:/entries/guest': READ } } }));
    await put('a:3', owned({ guest: { subjects: subjects('other'), resources: { 'thing:/': READ } } }));
    expect(await page()).toEqual({ ids: ['a:1', 'a:2', 'a:3'], cursor: undefined });
    const response = await send('get', '/policies', undefined, 'other').expect(200);
    expect(response.body).toEqual({
      items: [
        {
          policyId: 'a:2',
          entries: {
            guest: {
              subjects: subjects('other'),
              resources: { 'policy:/entries/guest': READ },
              importable: 'implicit',
            },
          },
        },
      ],
    });
    await send('delete', '/policies/a:2').expect(204);
    expect((await page({}, 'other')).ids).toEqual([]);
    await send('get', '/policies?fields=policyId,_revision').expect(200, {
      items: [
        { policyId: 'a:1', _revision: 1 },
        { policyId: 'a:3', _revision: 1 },
      ],
    });
  });

  it('has those, too, that are readable by an import, directly or by way of another policy', async () => {
    const reader = { subjects: subjects('other'), resources: { 'policy:/': READ } };
    await put('t:roles', owned({ reader: { ...reader, importable: 'explicit' } }));
    await put('t:west', owned({}, { 't:roles': { entries: ['reader'] } }));
    await put('a:direct', owned({}, { 't:roles': { entries: ['reader'] } }));
    await put('a:none', owned({}, { 't:roles': {} }));
    const local = { references: [{ import: 't:west', entry: 'west' }] };
    await send('put', '/policies/t:west/entries/west', { references: [{ import: 't:roles', entry: 'reader' }] }).expect(
      201,
    );
    await put('a:way', owned({ local }, { 't:west': { transitiveImports: ['t:roles'] } }));
    expect((await page({}, 'other')).ids).toEqual(['a:direct', 'a:way', 't:roles', 't:west']);
    await send('put', '/policies/t:roles/entries/reader/subjects', {}).expect(204);
    expect((await page({}, 'other')).ids).toEqual([]);
  });

  it('comes in pages, both ways', async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `a:${String(index)}`);
    for (const id of ids) await put(id);
    const collected: string[] = [];
    let cursor: string | undefined;
    do {
      const next = await page({ option: `size(3)${cursor === undefined ? '' : `,cursor(${cursor})`}` });
      expect(next.ids.length).toBeGreaterThan(0);
      collected.push(...next.ids);
      ({ cursor } = next);
    } while (cursor !== undefined);
    expect(collected).toEqual(ids);
    const last = await page({ option: 'sort(-policyId),size(2)' });
    expect(last.ids).toEqual(['a:6', 'a:5']);
    expect((await page({ option: `sort(-policyId),size(2),cursor(${last.cursor ?? ''})` })).ids).toEqual([
      'a:4',
      'a:3',
    ]);
    const other = await send('get', `/policies?option=size(2),cursor(${last.cursor ?? ''})`).expect(400);
    expect(other.body.error).toBe('thing-search:search.option.invalid');
  });

  it.each([
    ['eq(policyId,"a:1")', ['a:1']],
    ['like(policyId,"a:*")', ['a:1', 'a:2']],
    ['like(policyId,"*:2")', ['a:2']],
    ['eq(namespace,"b.c")', ['b.c:1']],
    ['eq(subject,"nginx:third")', ['a:2', 'b.c:1']],
    ['and(eq(subject,"nginx:third"),like(policyId,"a:*"))', ['a:2']],
    ['like(subject,"*third")', ['a:2', 'b.c:1']],
    ['not(eq(subject,"nginx:third"))', ['a:1']],
    ['in(policyId,"a:1","b.c:1")', ['a:1', 'b.c:1']],
    ['exists(imports)', ['b.c:1']],
    ['eq(imports,"a:1")', ['b.c:1']],
    ['eq(label,"guest")', ['a:2', 'b.c:1']],
    ['gt(_revision,1)', ['a:1']],
    ['eq(subject,"nginx:hidden")', []],
  ])('is filtered by %s', async (filter, ids) => {
    const guest = { subjects: subjects('third'), resources: {} };
    await put('a:1');
    await put('a:2', owned({ guest }));
    await put('b.c:1', owned({ guest }, { 'a:1': {} }));
    await send('put', '/policies/a:1', owned()).expect(204);
    expect((await page({ filter })).ids).toEqual(ids);
  });

  it('does not match by what the caller may not read', async () => {
    const guest = { subjects: subjects('other'), resources: { 'policy:/entries/guest': READ } };
    await put('a:1', owned({ guest, secret: { subjects: subjects('third'), resources: {} } }));
    expect((await page({ filter: 'eq(subject,"nginx:third")' })).ids).toEqual(['a:1']);
    expect((await page({ filter: 'eq(subject,"nginx:third")' }, 'other')).ids).toEqual([]);
    expect((await page({ filter: 'eq(label,"secret")' }, 'other')).ids).toEqual([]);
    expect((await page({ filter: 'eq(label,"guest")' }, 'other')).ids).toEqual(['a:1']);
  });

  it.each([
    ['filter=eq(attributes/x,1)', 'rql.expression.invalid'],
    ['filter=eq(subject', 'rql.expression.invalid'],
    ['option=sort(%2BthingId)', 'thing-search:search.option.invalid'],
    ['option=sort(%2BpolicyId,-policyId)', 'thing-search:search.option.invalid'],
    ['option=limit(0,5)', 'thing-search:search.option.invalid'],
    ['option=size(201)', 'thing-search:search.option.invalid'],
    ['option=cursor(nonsense)', 'thing-search:search.option.invalid'],
    ['option=cursor(WzFd)', 'thing-search:search.option.invalid'],
  ])('refuses %s with %s', async (query, code) => {
    const response = await send('get', `/policies?${query}`).expect(400);
    expect(response.body.error).toBe(code);
  });
});
