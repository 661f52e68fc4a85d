import request from 'supertest';
import { openHttpApi } from './open-http-api.js';
import type { OpenHttpApi } from './open-http-api.js';

/** Parameters of a search; a list stands for one that is given several times. */
export type SearchQuery = Readonly<Record<string, string | readonly string[]>>;

/** The HTTP API with the things `x:a`, `x:b` and `y:c`, whose attribute `n` is 1, 2 and 3; `x:b` has tags. */
export interface Searched {
  readonly url: string;
  /** Makes something below `/api/2`. */
  put(path: string, body: object | string): request.Test;
  delete(thingId: string): request.Test;
  /** A search, or what is below it. */
  get(path: string, query: SearchQuery, user?: string): request.Test;
  /** The same, asked for with a form. */
  form(path: string): request.Test;
}

export const SEARCH_PATH = '/api/2/search/things';
const THINGS = { 'x:a': 1, 'x:b': 2, 'y:c': 3 };

/** The same for all tests of the file. */
export function searchedThings(): Searched {
  let api: OpenHttpApi;
  const put: Searched['put'] = (path, body) =>
    request(api.url).put(`/api/2${path}`).auth('ditto', 'ditto').send(body).expect(201);
  beforeAll(async () => {
    api = await openHttpApi();
    for (const [id, n] of Object.entries(THINGS)) await put(`/things/${id}`, { attributes: { n } });
    await put('/things/x:b/attributes/tags', ['red', 7, { room: 'kitchen' }]);
  });
  afterAll(() => api.close());
  return {
    get url() {
      return api.url;
    },
    put,
    delete: (thingId) => request(api.url).delete(`/api/2/things/${thingId}`).auth('ditto', 'ditto').expect(204),
    get: (path, query, user = 'ditto') =>
      request(api.url)
        .get(SEARCH_PATH + path)
        .query(query)
        .auth(user, user),
    form: (path) =>
      request(api.url)
        .post(SEARCH_PATH + path)
        .type('form')
        .auth('ditto', 'ditto'),
  };
}

/** Of a page of things. */
export function idsIn(body: { readonly items: readonly { readonly thingId: string }[] }): readonly string[] {
  return body.items.map(({ thingId }) => thingId);
}
