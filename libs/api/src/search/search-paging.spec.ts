import request from 'supertest';
import { SEARCH_PATH, idsIn, searchedThings } from '@gemel/testkit/http-api';
import type { SearchQuery } from '@gemel/testkit/http-api';

const searched = searchedThings();
const { put, get } = searched;

const OPTION = 'thing-search:search.option.invalid';
const CURSOR = "The option 'cursor' cannot be used in this search.";

describe('Search: Options', () => {
  it('take the plus sign of a sort option as it is, encoded or not', async () => {
    for (const option of ['sort(+thingId)', 'sort(%2BthingId)'])
      await request(searched.url).get(`${SEARCH_PATH}?option=${option}`).auth('ditto', 'ditto').expect(200);
  });

  it.each<[SearchQuery, string[], object]>([
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
    expect(idsIn(body)).toEqual(ids);
    expect(body).toEqual({ items: body.items, ...members });
  });

  it('give both a cursor and an offset when neither size nor limit is given', async () => {
    for (let n = 0; n < 26; n++) await put(`/things/many:${String(n)}`, {});
    const { body } = await get('', { namespaces: 'many', fields: 'thingId' }).expect(200);
    expect(body).toEqual({ items: body.items, cursor: expect.stringMatching(/^[\w-]+$/), nextPageOffset: 25 });
    expect(body.items).toHaveLength(25);
    for (const { thingId } of [...body.items, { thingId: 'many:9' }]) await searched.delete(String(thingId));
  });
});

describe('Search: Cursor', () => {
  const page = async (option: string, query: SearchQuery = {}) => {
    const { body }: { body: { items: { thingId: string }[]; cursor?: string } } = await get('', {
      ...query,
      option,
    }).expect(200);
    return body;
  };

  it('goes on where the page before ended', async () => {
    const first = await page('size(2)');
    const second = await page(`size(2),cursor(${String(first.cursor)})`);
    expect(idsIn(second)).toEqual(['y:c']);
    expect(second).toEqual({ items: second.items });
  });

  it('brings filter, namespaces and sort along', async () => {
    const query = { filter: 'exists(attributes/n)', namespaces: 'x' };
    const first = await page('size(1),sort(-attributes/n)', query);
    expect(idsIn(first)).toEqual(['x:b']);
    const { cursor } = first;
    for (const more of [{}, query, { filter: query.filter }, { namespaces: 'y' }]) {
      expect(idsIn(await page(`size(5),cursor(${String(cursor)})`, more))).toEqual(['x:a']);
    }
    expect(idsIn(await page(`sort(-attributes/n,+thingId),cursor(${String(cursor)})`))).toEqual(['x:a']);
  });

  it('stays valid when things come and go', async () => {
    const { cursor } = await page('size(1)', { namespaces: 'x' });
    await put('/things/x:aa', {});
    expect(idsIn(await page(`size(1),cursor(${String(cursor)})`))).toEqual(['x:aa']);
    await searched.delete('x:aa');
    expect(idsIn(await page(`size(1),cursor(${String(cursor)})`))).toEqual(['x:b']);
  });

  it.each<[string, SearchQuery, string]>([
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
