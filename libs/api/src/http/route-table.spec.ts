import { RouteTable } from './route-table.js';
import type { Method, Route } from './route.js';

const route = (method: Method, path: string): Route => ({
  ...{ method, path, summary: `${method} ${path}`, tag: '', responses: {} },
  handler: () => ({ status: 200 }),
});
const table = new RouteTable([
  route('GET', '/things/:id'),
  route('DELETE', '/things/:id'),
  route('POST', '/things/search'),
  route('GET', '/things/search/:query'),
  route('PUT', '/things/:id/*'),
]);

describe('RouteTable', () => {
  it.each([
    ['GET', '/things/a', 'GET /things/:id', { id: 'a' }],
    ['HEAD', '/things/a', 'GET /things/:id', { id: 'a' }],
    ['DELETE', '/things/a/?fields=b', 'DELETE /things/:id', { id: 'a' }],
    ['POST', '/things/search', 'POST /things/search', {}],
    ['PUT', '/things/a/b/c', 'PUT /things/:id/*', { id: 'a', '*': 'b/c' }],
    ['PUT', '/things/search/b/c', 'PUT /things/:id/*', { id: 'search', '*': 'b/c' }],
    ['GET', '/things/%61%2Fb%253A?x#y', 'GET /things/:id', { id: 'a/b%3A' }],
  ])('finds for %s %s the route %s', (method, url, summary, params) => {
    const found = table.find(method, url);
    expect(found?.route.summary).toBe(summary);
    expect(found?.params).toEqual(params);
  });

  it.each([
    ['PUT', '/things/a', 'GET, HEAD, DELETE'],
    // Not the thing of that name.
    ['DELETE', '/things/search', 'POST'],
    ['PUT', '/things/search/b', 'GET, HEAD'],
    ['GET', '/things/a/b', 'PUT'],
  ])('refuses %s %s, which is known for %s', (method, url, allow) => {
    const refused = (): unknown => table.find(method, url)?.route.handler({ method } as never);
    expect(refused).toThrow(expect.objectContaining({ code: 'gateway:method.notallowed', headers: { allow } }));
  });

  it.each(['/things', '/things/%', '/', ''])('does not know the path of %s', (url) => {
    expect(table.find('GET', url)).toBeUndefined();
  });
});
