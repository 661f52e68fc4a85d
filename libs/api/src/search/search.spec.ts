import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
  for (const [id, n] of Object.entries({ 'x:a': 1, 'x:b': 2, 'y:c': 3 }))
    await request(api.url).put(`/api/2/things/${id}`).auth('ditto', 'ditto').send({ attributes: { n } }).expect(201);
});
afterAll(() => api.close());

const get = (path: string, query: Record<string, string | string[]>, user = 'ditto') =>
  request(api.url).get(`/api/2/search/things${path}`).query(query).auth(user, user);

describe('search', () => {
  it.each([
    [{}, ['x:a', 'x:b', 'y:c']],
    [{ filter: 'gt(attributes/n,1)' }, ['x:b', 'y:c']],
    [{ filter: ['gt(attributes/n,1)', 'lt(attributes/n,3)'] }, ['x:b']],
    [{ filter: 'gt(attributes/n,1),lt(attributes/n,3)' }, ['x:b']],
    [{ namespaces: 'y,z' }, ['y:c']],
    [{ option: 'sort(-attributes/n),size(2)' }, ['y:c', 'x:b']],
  ])('with %j finds %j', async (query, ids) => {
    const response = await get('', { ...query, fields: 'thingId' }).expect(200);
    expect(response.body.items).toEqual(ids.map((thingId) => ({ thingId })));
  });

  it('takes the plus sign of a sort option as it is, encoded or not', async () => {
    for (const option of ['sort(+thingId)', 'sort(%2BthingId)'])
      await request(api.url).get(`/api/2/search/things?option=${option}`).auth('ditto', 'ditto').expect(200);
  });

  it('goes from page to page by cursor', async () => {
    const first = await get('', { option: 'size(2)' }).expect(200);
    expect(first.body.items).toHaveLength(2);
    const second = await get('', { option: `size(2),cursor(${String(first.body.cursor)})` }).expect(200);
    expect(second.body).toMatchObject({ items: [{ thingId: 'y:c' }] });
    expect(second.body).not.toHaveProperty('cursor');
  });

  it('takes its parameters as a form', async () => {
    const post = (path: string) => request(api.url).post(`/api/2/search/things${path}`).auth('ditto', 'ditto');
    const form = 'filter=gt(attributes%2Fn%2C1)&option=size(1)&fields=thingId&namespaces=x,y';
    const found = await post('').type('form').send(form).expect(200);
    expect(found.body.items).toEqual([{ thingId: 'x:b' }]);
    await post('/count').type('form').send(form).expect(200, '2');
    await post('').expect(200);
    await post('').send({ filter: 'x' }).expect(415);
  });

  it('counts what the caller may read', async () => {
    await get('/count', { filter: 'gt(attributes/n,1)' }).expect(200, '2');
    await get('/count', {}, 'other').expect(200, '0');
  });

  it.each([
    ['', { filter: 'gt(' }, 'rql.expression.invalid'],
    ['', { option: 'size(201)' }, 'thing-search:search.option.invalid'],
    ['', { option: 'cursor(nonsense)' }, 'thing-search:search.option.invalid'],
    ['', { fields: 'a(' }, 'json.fieldselector.invalid'],
    ['/count', { filter: 'x' }, 'rql.expression.invalid'],
  ])('refuses %s%j with 400 %s', async (path, query, code) => {
    const response = await get(path, query).expect(400);
    expect(response.body.error).toBe(code);
  });
});
