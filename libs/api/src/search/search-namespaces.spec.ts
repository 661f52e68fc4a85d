import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
beforeAll(async () => {
  api = await openHttpApi();
});
afterAll(() => api.close());

const as = (test: request.Test) => test.auth('ditto', 'ditto');

describe('Search: Namespaces', () => {
  it.each(['1bad', 'a..b', 'org.9', 'org.*', 'a b', '__proto__', 'ok,1bad', '../x'])(
    'are refused when one can be none: %s',
    async (namespaces) => {
      const query = { namespaces };
      const refusals = [
        await as(request(api.url).get('/api/2/search/things').query(query)),
        await as(request(api.url).get('/api/2/search/things').query(query).set('accept', 'text/event-stream')),
        await as(request(api.url).get('/api/2/search/things/count').query(query)),
        await as(request(api.url).post('/api/2/search/things').type('form').send(query)),
        await as(request(api.url).get('/api/2/things').query(query)),
      ];
      for (const { status, body } of refusals) {
        expect({ status, error: body.error }).toEqual({ status: 400, error: 'thing-search:search.namespaces.invalid' });
        expect(body.message).toMatch(/^'.*' is not a namespace to search in\.$/);
      }
    },
  );
});
