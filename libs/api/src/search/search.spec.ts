import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const THINGS = { 'x:a': 1, 'x:b': 2, 'y:c': 3 };

const put = (path: string, body: object | string) =>
  request(api.url).put(`/api/2${path}`).auth('ditto', 'ditto').send(body).expect(201);

beforeAll(async () => {
  api = await openHttpApi();
  for (const [id, n] of Object.entries(THINGS)) await put(`/things/${id}`, { attributes: { n } });
  await put('/things/x:b/attributes/tags', ['red', 7, { room: 'kitchen' }] as object);
});
afterAll(() => api.close());

type Query = Readonly<Record<string, string | readonly string[]>>;
const PATH = '/api/2/search/things';
const get = (path: string, query: Query, user = 'ditto') =>
  request(api.url)
    .get(PATH + path)
    .query(query)
    .auth(user, user);
const form = (path: string) =>
  request(api.url)
    .post(PATH + path)
    .type('form')
    .auth('ditto', 'ditto');
const idsOf = (body: { items: { thingId: string }[] }) => body.items.map(({ thingId }) => thingId);

const EXPRESSION = 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).';
const OPTION = 'thing-search:search.option.invalid';
const CURSOR = "The option 'cursor' cannot be used in this search.";

describe('Search: GET /search/things', () => {
  it.each<[Query, string[]]>([
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
  ])('%s', async (_row, query, ids) => expect(idsOf((await get('', query).expect(200)).body)).toEqual(ids));

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
      await request(api.url).put('/api/2/things/w:w').auth('ditto', 'ditto').send({ attributes: { n } });
      const { body } = await get('', { filter: `eq(attributes/n,${String(n)})`, namespaces: 'w' }).expect(200);
      expect(idsOf(body)).toEqual(['w:w']);
    }
    await request(api.url).delete('/api/2/things/w:w').auth('ditto', 'ditto').expect(204);
    await get('/count', { namespaces: 'w' }).expect(200, '0');
  });
});

const matching = async (filter: string, user = 'ditto') => idsOf((await get('', { filter }, user).expect(200)).body);

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
    await request(api.url).delete('/api/2/things/f:1').auth('ditto', 'ditto').expect(204);
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
      await request(api.url).delete(`/api/2/things/n:${name}`).auth('ditto', 'ditto').expect(204);
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
      idsOf((await get('', { namespaces: 'p', option: 'sort(+attributes/secret)' }, user).expect(200)).body);
    expect(await sorted('ditto')).toEqual(['p:b', 'p:c', 'p:a']);
    expect(await sorted('other')).toEqual(['p:a', 'p:b', 'p:c']);
    for (const name of ['a', 'b', 'c'])
      await request(api.url).delete(`/api/2/things/p:${name}`).auth('ditto', 'ditto').expect(204);
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
    await request(api.url).post(PATH).auth('ditto', 'ditto').send({ filter: 'x' }).expect(415);
  });

  it('takes filters that are too long for a URL', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `"none:${String(index)}"`).join(',');
    const found = await form('')
      .send({ filter: `in(thingId,${ids},"y:c")` })
      .expect(200);
    expect(idsOf(found.body)).toEqual(['y:c']);
  });
});

describe('Search: Options', () => {
  it('take the plus sign of a sort option as it is, encoded or not', async () => {
    for (const option of ['sort(+thingId)', 'sort(%2BthingId)'])
      await request(api.url).get(`${PATH}?option=${option}`).auth('ditto', 'ditto').expect(200);
  });

  it.each<[Query, string[], object]>([
    [{}, ['x:a', 'x:b', 'y:c'], { nextPageOffset: -1 }],
    [{ filter: 'eq(thingId,"n:n")' }, [], { nextPageOffset: -1 }],
    [{ option: 'size(3)' }, ['x:a', 'x:b', 'y:c'], {}],
    [{ option: 'size(2)' }, ['x:a', 'x:b'], { cursor: expect.any(String) }],
    [{ option: 'limit(0,2)' }, ['x:a', 'x:b'], { nextPageOffset: 2 }],
    [{ option: 'limit(1,2)' }, ['x:b', 'y:c'], { nextPageOffset: -1 }],
    [{ option: 'limit(0,0)' }, ['x:a'], { nextPageOffset: -1 }],
    [{ option: 'limit(5,2)' }, [], { nextPageOffset: -1 }],
  ])('%j tell %j where the next page is', async (query, ids, members) => {
    const { body } = await get('', query).expect(200);
    expect(idsOf(body)).toEqual(ids);
    expect(body).toEqual({ items: body.items, ...members });
  });

  it('give both a cursor and an offset when neither size nor limit is given', async () => {
    for (let n = 0; n < 26; n++) await put(`/things/many:${String(n)}`, {});
    const { body } = await get('', { namespaces: 'many', fields: 'thingId' }).expect(200);
    expect(body).toEqual({ items: body.items, cursor: expect.stringMatching(/^[\w-]+$/), nextPageOffset: 25 });
    expect(body.items).toHaveLength(25);
    for (const { thingId } of [...body.items, { thingId: 'many:9' }])
      await request(api.url)
        .delete(`/api/2/things/${String(thingId)}`)
        .auth('ditto', 'ditto');
  });
});

describe('Search: Cursor', () => {
  const page = async (option: string, query: Query = {}) => {
    const { body }: { body: { items: { thingId: string }[]; cursor?: string } } = await get('', {
      ...query,
      option,
    }).expect(200);
    return body;
  };

  it('goes on where the page before ended', async () => {
    const first = await page('size(2)');
    const second = await page(`size(2),cursor(${String(first.cursor)})`);
    expect(idsOf(second)).toEqual(['y:c']);
    expect(second).toEqual({ items: second.items });
  });

  it('brings filter, namespaces and sort along', async () => {
    const query = { filter: 'exists(attributes/n)', namespaces: 'x' };
    const first = await page('size(1),sort(-attributes/n)', query);
    expect(idsOf(first)).toEqual(['x:b']);
    const { cursor } = first;
    for (const more of [{}, query, { filter: query.filter }, { namespaces: 'y' }]) {
      expect(idsOf(await page(`size(5),cursor(${String(cursor)})`, more))).toEqual(['x:a']);
    }
    expect(idsOf(await page(`sort(-attributes/n,+thingId),cursor(${String(cursor)})`))).toEqual(['x:a']);
  });

  it('stays valid when things come and go', async () => {
    const { cursor } = await page('size(1)', { namespaces: 'x' });
    await put('/things/x:aa', {});
    expect(idsOf(await page(`size(1),cursor(${String(cursor)})`))).toEqual(['x:aa']);
    await request(api.url).delete('/api/2/things/x:aa').auth('ditto', 'ditto').expect(204);
    expect(idsOf(await page(`size(1),cursor(${String(cursor)})`))).toEqual(['x:b']);
  });

  it.each<[string, Query, string]>([
    [
      'cursor(?)',
      { filter: 'exists(attributes/m)' },
      "The parameter 'filter' must not differ from the original query of the cursor.",
    ],
    ['cursor(?),sort(+thingId)', {}, "The option 'sort' must not differ from the original query of the cursor."],
    [
      'cursor(?),sort(-attributes/n,-thingId)',
      {},
      "The option 'sort' must not differ from the original query of the cursor.",
    ],
    ['cursor(?),limit(0,1)', {}, "It does not go together with the option 'limit'."],
    ['cursor(?),cursor(?)', {}, 'It is given more than once.'],
    [
      'cursor(nonsense)',
      {},
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      'cursor(W10)',
      {},
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      'cursor()',
      {},
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
  ])('refuses %s with %j', async (option, query, description) => {
    const { cursor } = await page('size(1),sort(-attributes/n)', { filter: 'exists(attributes/n)' });
    const { body } = await get('', { ...query, option: option.replaceAll('?', String(cursor)) }).expect(400);
    expect(body).toEqual({ status: 400, error: OPTION, message: CURSOR, description });
  });
});

describe('Search: Refusals', () => {
  it.each<[string, Query, string, string, string?]>([
    [
      '',
      { filter: 'gt(' },
      'rql.expression.invalid',
      "Invalid input ')', expected ComparisonProperty or ',' (line 1, column 8):\nand(gt()\n       ^",
      EXPRESSION,
    ],
    [
      '/count',
      { filter: 'x' },
      'rql.expression.invalid',
      "Invalid input 'x', expected SingleComparisonOp, MultiComparisonOp, MultiLogicalOp, SingleLogicalOp, ExistsOp or EmptyOp (line 1, column 5):\nand(x)\n    ^",
      EXPRESSION,
    ],
    [
      '',
      { filter: 'eq(topic:action,"x")' },
      'rql.expression.invalid',
      "There is no property 'topic:action'.",
      EXPRESSION,
    ],
    [
      '',
      { filter: 'exists(_policy/entries)' },
      'rql.expression.invalid',
      "There is no property '_policy/entries'.",
      EXPRESSION,
    ],
    ['', { filter: 'exists(attributes)' }, 'rql.expression.invalid', "There is no property 'attributes'.", EXPRESSION],
    ['', { option: '' }, OPTION, "Invalid input ')', expected WhiteSpace or Options (line 1, column 1):\n)\n^"],
    [
      '',
      { option: 'sort(thingId)' },
      OPTION,
      "Invalid input 't', expected Asc or Desc (line 1, column 6):\nsort(thingId)\n     ^",
    ],
    ['', { option: 'size(201)' }, OPTION, "'size' is 201; 200 is the most."],
    ['', { option: 'size(0)' }, OPTION, "The option 'size' is a whole number above 0."],
    ['', { option: 'limit(0,201)' }, OPTION, "'limit' is 201; 200 is the most."],
    ['', { option: 'sort(+nope)' }, OPTION, "There is no property 'nope'."],
    // The options as text come before the filter, their values after it.
    ['', { filter: 'x', option: 'size(0)' }, OPTION, "The option 'size' is a whole number above 0."],
    [
      '',
      { filter: 'exists(y)', option: 'size(201)' },
      'rql.expression.invalid',
      "There is no property 'y'.",
      EXPRESSION,
    ],
  ])(
    'answers %s%j with %s',
    async (
      path,
      query,
      error,
      message,
      description = "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ) => {
      const { body } = await get(path, query).expect(400);
      expect(body).toEqual({ status: 400, error, message, description });
    },
  );

  it('checks fields before all else', async () => {
    const { body } = await get('', { fields: 'a(', filter: 'x', option: 'size(0)' }).expect(400);
    expect(body.error).toBe('json.fieldselector.invalid');
  });

  it('needs credentials', () => request(api.url).get(PATH).expect(401));
});

describe('Search: SSE search', () => {
  const open = (query: Query, headers: Record<string, string> = {}) =>
    get('', query).set({ accept: 'text/event-stream', ...headers });

  it('streams all that is found, each event with its thing id', async () => {
    const { text } = await open({ filter: 'exists(attributes/n)', option: 'sort(-attributes/n)', fields: 'thingId' })
      .expect(200)
      .expect('content-type', 'text/event-stream');
    expect(text).toBe(['y:c', 'x:b', 'x:a'].map((id) => `data:{"thingId":"${id}"}\nid:${id}\n\n`).join(''));
  });

  it('goes on after Last-Event-ID in the order asked for', async () => {
    const after = (id: string, option: string) =>
      open({ option, namespaces: 'x,y', fields: 'thingId' }, { 'last-event-id': id }).expect(200);
    expect((await after('x:b', 'sort(-attributes/n)')).text).toBe('data:{"thingId":"x:a"}\nid:x:a\n\n');
    expect((await after('x:b', 'size(1)')).text).toBe('data:{"thingId":"y:c"}\nid:y:c\n\n');
    expect((await after('y:c', 'sort(+thingId)')).text).toBe('');
    const { text } = await after('x:none', 'sort(+thingId)');
    expect(JSON.parse(text.slice('data:'.length))).toMatchObject({ status: 404, error: 'things:thing.notfound' });
  });

  it('streams more than a portion to a client that takes its time', async () => {
    for (let n = 0; n < 450; n++) await put(`/things/sse:${String(n)}`, {});
    const { text } = await open({ namespaces: 'sse', fields: 'thingId' }).expect(200);
    expect(text.match(/^id:/gm)).toHaveLength(450);
    expect(new Set(text.match(/^id:.*$/gm)).size).toBe(450);
  });

  it('tells what is wrong with a property as its last event', async () => {
    const { text } = await open({ filter: 'exists(nope)' }).expect(200);
    expect(text).toBe(
      `data:{"status":400,"error":"rql.expression.invalid","message":"There is no property 'nope'.","description":${JSON.stringify(EXPRESSION)}}\n\n`,
    );
  });

  it.each<[Query, string, string, string]>([
    [{ filter: 'nonsense(' }, 'rql.expression.invalid', "'nonsense(' is not a filter.", EXPRESSION],
    [
      { option: 'nonsense(' },
      OPTION,
      "Invalid input 'n', expected WhiteSpace or Options (line 1, column 1):\nnonsense(\n^",
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      { option: 'cursor(x)' },
      OPTION,
      'A stream takes no option cursor(x).',
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      { option: 'limit(0,5)' },
      OPTION,
      'A stream takes no option limit(0,5).',
      "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ],
    [
      { option: 'sort(+thingId),sort(-thingId)' },
      OPTION,
      'There are several options sort.',
      'Name all keys in one: sort(+a,-b).',
    ],
    [
      { option: 'sort(+nope)' },
      OPTION,
      "There is no property 'nope'.",
      "Write it like sort(-attributes/counter,+thingId); in a URL '+' is '%2B'.",
    ],
  ])('refuses %j before it begins', async (query, error, message, description) => {
    const { body } = await open(query).expect(400);
    expect(body).toEqual({ status: 400, error, message, description });
  });
});
