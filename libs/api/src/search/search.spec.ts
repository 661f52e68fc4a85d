import request from 'supertest';
import { SEARCH_PATH, idsIn, searchedThings } from '@gemel/testkit/http-api';
import type { SearchQuery } from '@gemel/testkit/http-api';

const searched = searchedThings();
const { put, get, form } = searched;

describe('Search: GET /search/things', () => {
  it.each<[SearchQuery, string[]]>([
    [{}, ['x:a', 'x:b', 'y:c']],
    [{ filter: 'gt(attributes/n,1)' }, ['x:b', 'y:c']],
    [{ filter: ['gt(attributes/n,1)', 'lt(attributes/n,3)'] }, ['x:b']],
    [{ filter: 'gt(attributes/n,1),lt(attributes/n,3)' }, ['x:b']],
    [{ filter: 'gt(attributes/n,1), lt(attributes/n,3)' }, ['x:b']],
    [{ namespaces: 'y,z' }, ['y:c']],
    [{ namespaces: ['x', 'y'] }, ['x:a', 'x:b', 'y:c']],
    [{ namespaces: '' }, []],
    [{ option: 'sort(-attributes/n),size(2)' }, ['y:c', 'x:b']],
    [{ option: ['sort(-attributes/n)', 'size(2)'] }, ['y:c', 'x:b']],
    [{ option: 'limit(1,1)' }, ['x:b']],
    [{ filter: 'like(thingId,"x:*")' }, ['x:a', 'x:b']],
    [{ filter: 'eq(namespace,"y")' }, ['y:c']],
    [{ filter: 'ge(_revision,2)' }, ['x:b']],
    [{ filter: 'lt(_created,time:now+1d)' }, ['x:a', 'x:b', 'y:c']],
  ])('with %j finds %j', async (query, ids) => {
    const response = await get('', { ...query, fields: 'thingId' }).expect(200);
    expect(response.body.items).toEqual(ids.map((thingId) => ({ thingId })));
  });

  it.each([
    ['Namespaces', { namespaces: 'y,z' }, ['y:c']],
    ['Eventual consistency: none', { filter: 'exists(attributes/n)' }, ['x:a', 'x:b', 'y:c']],
  ])('%s', async (_row, query, ids) => expect(idsIn((await get('', query).expect(200)).body)).toEqual(ids));

  it('answers whole things, or the selected fields', async () => {
    const all = await get('', { filter: 'eq(thingId,"x:a")' })
      .expect(200)
      .expect('content-type', /^application\/json/);
    expect(all.body.items).toEqual([{ thingId: 'x:a', policyId: 'x:a', attributes: { n: 1 } }]);
    const some = await get('', { filter: 'eq(thingId,"x:a")', fields: ['attributes/n', '_revision'] }).expect(200);
    expect(some.body.items).toEqual([{ attributes: { n: 1 }, _revision: 1 }]);
  });

  it('shows what is written at once', async () => {
    for (const n of [10, 11, 12]) {
      await request(searched.url).put('/api/2/things/w:w').auth('ditto', 'ditto').send({ attributes: { n } });
      const { body } = await get('', { filter: `eq(attributes/n,${String(n)})`, namespaces: 'w' }).expect(200);
      expect(idsIn(body)).toEqual(['w:w']);
    }
    await searched.delete('w:w');
    await get('/count', { namespaces: 'w' }).expect(200, '0');
  });
});

const matching = async (filter: string, user = 'ditto') => idsIn((await get('', { filter }, user).expect(200)).body);

describe('Search: Filter operators', () => {
  it.each([
    ['eq(attributes/n,2)', ['x:b']],
    ['ne(attributes/n,2)', ['x:a', 'y:c']],
    ['gt(attributes/n,2)', ['y:c']],
    ['ge(attributes/n,2)', ['x:b', 'y:c']],
    ['lt(attributes/n,2)', ['x:a']],
    ['le(attributes/n,2)', ['x:a', 'x:b']],
    ['in(attributes/n,1,3,"2")', ['x:a', 'y:c']],
    ['like(thingId,"x:*")', ['x:a', 'x:b']],
    ['ilike(thingId,"X:?")', ['x:a', 'x:b']],
    ['exists(attributes/tags)', ['x:b']],
    ['empty(attributes/tags)', ['x:a', 'y:c']],
    ['and(ge(attributes/n,2),exists(attributes/tags))', ['x:b']],
    ['or(eq(attributes/n,1),eq(attributes/n,3))', ['x:a', 'y:c']],
    ['not(or(eq(attributes/n,1),eq(attributes/n,3)))', ['x:b']],
  ])('%s', async (filter, ids) => expect(await matching(filter)).toEqual(ids));
});

describe('Search: Property forms', () => {
  it.each([
    ['eq(/attributes/n,2)', ['x:b']],
    ['eq(policyId,"x:b")', ['x:b']],
    ['eq(namespace,"y")', ['y:c']],
    ['eq(_revision,2)', ['x:b']],
    ['gt(_modified,"2020-01-01T00:00:00Z")', ['x:a', 'x:b', 'y:c']],
    ['lt(_created,time:now-1d)', []],
  ])('%s', async (filter, ids) => expect(await matching(filter)).toEqual(ids));

  it('features/* means any feature', async () => {
    await put('/things/f:1', { features: { a: { properties: { on: false } }, b: { properties: { on: true } } } });
    expect(await matching('and(eq(features/*/properties/on,true),eq(namespace,"f"))')).toEqual(['f:1']);
    expect(await matching('and(eq(features/a/properties/on,true),eq(namespace,"f"))')).toEqual([]);
    expect(await matching('and(exists(features/*/definition),eq(namespace,"f"))')).toEqual([]);
    await searched.delete('f:1');
  });
});

describe('Search: Values', () => {
  it.each([
    ['eq(attributes/n,2.0)', ['x:b']],
    ['eq(attributes/n,+2 )', ['x:b']],
    ['eq(attributes/n,"2")', []],
    ["eq(thingId,'x:b')", ['x:b']],
    ['in(attributes/n,true,false,null,2)', ['x:b']],
    ['gt(_modified,time:now-1h[h])', ['x:a', 'x:b', 'y:c']],
    ['lt(attributes/n,time:now_epoch_millis)', ['x:a', 'x:b', 'y:c']],
    ['gt(_created,time:now+1mo)', []],
  ])('%s', async (filter, ids) => expect(await matching(filter)).toEqual(ids));

  it.each(['eq(attributes/n,2e0)', 'eq(attributes/n,02)', 'eq(attributes/n,two)', 'eq(attributes/n,-0)'])(
    'there is none in %s',
    async (filter) => expect((await get('', { filter }).expect(400)).body.error).toBe('rql.expression.invalid'),
  );
});

describe('Search: like patterns', () => {
  it.each([
    ['like(thingId,"x:*")', ['x:a', 'x:b']],
    ['like(thingId,"*:b")', ['x:b']],
    ['like(thingId,"*:*")', ['x:a', 'x:b', 'y:c']],
    ['like(thingId,"?:c")', ['y:c']],
    ['like(thingId,"x")', []],
    ['like(thingId,"X:*")', []],
    ['ilike(thingId,"X:*")', ['x:a', 'x:b']],
    ['like(thingId,"x.a")', []],
  ])('%s', async (filter, ids) => expect(await matching(filter)).toEqual(ids));
});

describe('Search: Fields', () => {
  it.each([
    ['thingId', { thingId: 'x:b' }],
    ['attributes/n', { attributes: { n: 2 } }],
    ['thingId,attributes(n,none)', { thingId: 'x:b', attributes: { n: 2 } }],
    ['_revision,_namespace', { _revision: 2, _namespace: 'x' }],
    ['features', {}],
  ])('%s', async (fields, item) => {
    const { body } = await get('', { filter: 'eq(thingId,"x:b")', fields }).expect(200);
    expect(body.items).toEqual([item]);
  });
});

describe('Search: Array semantics', () => {
  it.each([
    ['eq(attributes/tags,"red")', ['x:b']],
    ['ne(attributes/tags,"red")', []],
    ['ne(attributes/tags,"blue")', ['x:b']],
    ['gt(attributes/tags,6)', ['x:b']],
    ['like(attributes/tags,"r?d")', ['x:b']],
    ['eq(attributes/tags/room,"kitchen")', ['x:b']],
    ['exists(attributes/tags/room)', ['x:b']],
  ])('%s', async (filter, ids) => expect(await matching(filter)).toEqual(ids));
});

describe('Search: Null semantics', () => {
  it('tells null from nothing', async () => {
    await put('/things/n:null', { attributes: { x: null } });
    await put('/things/n:none', { attributes: {} });
    await put('/things/n:one', { attributes: { x: 1 } });
    const inN = (filter: string) => matching(`and(${filter},eq(namespace,"n"))`);
    expect(await inN('eq(attributes/x,null)')).toEqual(['n:null']);
    expect(await inN('ne(attributes/x,1)')).toEqual(['n:null']);
    expect(await inN('not(eq(attributes/x,1))')).toEqual(['n:none', 'n:null']);
    expect(await inN('exists(attributes/x)')).toEqual(['n:null', 'n:one']);
    expect(await inN('empty(attributes/x)')).toEqual(['n:none', 'n:null']);
    for (const name of ['null', 'none', 'one'])
      await request(searched.url).delete(`/api/2/things/n:${name}`).auth('ditto', 'ditto').expect(204);
  });
});

describe('Search: Authorization inside index', () => {
  it('neither matches, sorts nor counts by what the caller may not read', async () => {
    const entries = {
      owner: {
        subjects: { 'nginx:ditto': { type: 'x' } },
        resources: {
          'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
          'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
        },
      },
      guest: {
        subjects: { 'nginx:other': { type: 'x' } },
        resources: {
          'thing:/': { grant: ['READ'], revoke: [] },
          'thing:/attributes/secret': { grant: [], revoke: ['READ'] },
        },
      },
    };
    await put('/policies/p:shared', { entries });
    for (const [name, secret] of Object.entries({ a: 3, b: 1, c: 2 }))
      await put(`/things/p:${name}`, { policyId: 'p:shared', attributes: { secret, open: 1 } });
    expect(await matching('gt(attributes/secret,1)', 'other')).toEqual([]);
    expect(await matching('not(exists(attributes/secret))', 'other')).toEqual(['p:a', 'p:b', 'p:c']);
    await get('/count', { filter: 'exists(attributes/secret)' }, 'other').expect(200, '0');
    const sorted = async (user: string) =>
      idsIn((await get('', { namespaces: 'p', option: 'sort(+attributes/secret)' }, user).expect(200)).body);
    expect(await sorted('ditto')).toEqual(['p:b', 'p:c', 'p:a']);
    expect(await sorted('other')).toEqual(['p:a', 'p:b', 'p:c']);
    for (const name of ['a', 'b', 'c']) await searched.delete(`p:${name}`);
  });
});

describe('Search: Count', () => {
  it('counts what the caller may read', async () => {
    await get('/count', { filter: 'gt(attributes/n,1)' })
      .expect(200, '2')
      .expect('content-type', /^application\/json/);
    await get('/count', {}, 'other').expect(200, '0');
    await get('/count', { filter: 'gt(attributes/n,1),like(thingId,"x:*")', namespaces: 'x,y' }).expect(200, '1');
  });
});

describe('Search: POST search', () => {
  it('takes its parameters as a form', async () => {
    const fields = 'filter=gt(attributes%2Fn%2C1)&option=size(1)&fields=thingId&namespaces=x,y';
    const found = await form('').send(fields).expect(200);
    expect(found.body.items).toEqual([{ thingId: 'x:b' }]);
    await form('/count').send(fields).expect(200, '2');
    await form('').expect(200);
    await request(searched.url).post(SEARCH_PATH).auth('ditto', 'ditto').send({ filter: 'x' }).expect(415);
  });

  it('takes filters that are too long for a URL', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `"none:${String(index)}"`).join(',');
    const found = await form('')
      .send({ filter: `in(thingId,${ids},"y:c")` })
      .expect(200);
    expect(idsIn(found.body)).toEqual(['y:c']);
  });
});
