import { StateCache } from './state-cache.js';

describe('StateCache', () => {
  it('lets the least recently used go, some at once', () => {
    const cache = new StateCache<number>(16);
    for (let n = 0; n < 16; n++) cache.set(`a:${String(n)}`, n, 1);
    cache.get('a:0');
    cache.set('a:1', 100, 1);
    cache.peek('a:2');
    expect(cache.size).toBe(16);
    cache.set('a:16', 16, 1);
    expect(cache.states()).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 100, 16]);
  });

  it('does not keep what alone is larger than the bound, and nothing older of it', () => {
    const cache = new StateCache<number>(3);
    cache.set('a:1', 1, 1);
    cache.set('a:2', 1, 1);
    cache.set('a:2', 2, 10);
    expect([cache.get('a:1'), cache.get('a:2'), cache.size]).toEqual([1, undefined, 1]);
    cache.set('a:3', 3, 3);
    expect(cache.states()).toEqual([3]);
  });

  it('takes an offer only if nothing has to go', () => {
    const cache = new StateCache<number>(2);
    for (const n of [1, 2, 3]) cache.offer(`a:${String(n)}`, n, 1);
    expect(cache.states()).toEqual([1, 2]);
  });

  it('counts its states by namespace', () => {
    const cache = new StateCache<number>(100);
    for (const id of ['a:1', 'b:1', 'a:2', '__proto__:1']) cache.set(id, 1, 1);
    expect(cache.countsByNamespace()).toEqual(
      Object.fromEntries([
        ['a', 2],
        ['b', 1],
        ['__proto__', 1],
      ]),
    );
  });
});
