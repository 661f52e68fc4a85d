import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import request from 'supertest';

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
  for (const id of ['a:1', 'b:1', 'b:2'])
    await request(api.url).put(`/api/2/things/${id}`).auth('ditto', 'ditto').send({}).expect(201);
});
afterAll(() => api.close());

describe('Operations: /stats', () => {
  it.each(['/stats', '/stats/things'])('%s counts what is held, for whoever asks', async (path) => {
    const { body } = await request(api.url).get(path).expect(200);
    expect(body).toEqual({ hotThings: 3, hotPolicies: 0, hotSearchWildcardUpdaters: 3 });
  });

  it('counts all things, whoever may read them', async () => {
    await request(api.url).get('/stats/search').expect(200, { allThingsCount: 3 });
  });

  it('shows operators how they spread over namespaces', async () => {
    await request(api.url).get('/stats/things/details').expect(401);
    await request(api.url)
      .get('/stats/things/details')
      .auth('devops', 'devops')
      .expect(200, {
        thingsNamespacesHotness: { b: 2, a: 1 },
        policiesNamespacesHotness: {},
        searchWildcardUpdatersNamespacesHotness: { b: 2, a: 1 },
      });
  });

  it.each([
    ['entity=thing', { thingsNamespacesHotness: { b: 2, a: 1 } }],
    ['entity=thing&namespace=a&namespace=none', { thingsNamespacesHotness: { a: 1, none: 0 } }],
    ['entity=policy,thing&namespace=a', { thingsNamespacesHotness: { a: 1 }, policiesNamespacesHotness: { a: 0 } }],
    ['entity=__proto__', {}],
    ['entity=thing&namespace=__proto__', { thingsNamespacesHotness: JSON.parse('{"__proto__":0}') as object }],
  ])('and with %s some of it', async (query, expected) => {
    const { body } = await request(api.url).get(`/stats/things/details?${query}`).auth('devops', 'devops').expect(200);
    expect(body).toEqual(expected);
  });
});
