import { KnownPaths } from './known-paths.js';
import type { Method, Route } from './route.js';

const route = (method: Method, path: string): Route => ({
  ...{ method, path, summary: '', tag: '', responses: {} },
  handler: () => ({ status: 200 }),
});
const known = new KnownPaths([
  route('GET', '/things/:id'),
  route('DELETE', '/things/:id'),
  route('POST', '/things/search'),
  route('GET', '/things/search/:query'),
  route('PUT', '/things/:id/*'),
]);

describe('KnownPaths', () => {
  it.each([
    ['/things/a', '/things/:id'],
    ['/things/a/?fields=b', '/things/:id'],
    ['/things/search', '/things/search'],
    ['/things/a/b/c', '/things/:id/*'],
    ['/things/%61?x#y', '/things/:id'],
    ['/things', undefined],
    ['/things/%', undefined],
  ])('finds the path of %s', (url, path) => {
    expect(known.refusalFor(url)?.path).toBe(path);
  });

  it('names the paths that a more general one would be taken for', () => {
    expect(known.hiding('DELETE')).toEqual(['/things/search']);
    expect(known.hiding('PUT')).toEqual(['/things/search/:query']);
    expect(known.hiding('POST')).toEqual(['/things/:id']);
    expect(known.hiding('HEAD')).toEqual(['/things/search', '/things/:id/*']);
    expect(known.hiding('PATCH')).toEqual([]);
  });
});
