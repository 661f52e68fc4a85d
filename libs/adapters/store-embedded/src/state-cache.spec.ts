import { StateCache } from './state-cache.js';

/** What one state with no text takes. */
const ENTRY = 300;

describe('StateCache', () => {
  it('lets the least recently used go', () => {
    const cache = new StateCache<number>(3 * ENTRY);
    for (const n of [1, 2, 3]) cache.set(`a:${String(n)}`, n, 0);
    cache.get('a:1');
    cache.set('a:2', 22, 0);
    cache.set('a:4', 4, 0);
    expect(['a:1', 'a:2', 'a:3', 'a:4'].map((id) => cache.peek(id))).toEqual([1, 22, undefined, 4]);
  });

  it('does not keep what alone is larger than the bound, and nothing older of it', () => {
    const cache = new StateCache<number>(3 * ENTRY);
    cache.set('a:1', 1, 0);
    cache.set('a:2', 1, 0);
    cache.set('a:2', 2, 10 * ENTRY);
    expect([cache.get('a:1'), cache.get('a:2'), cache.size]).toEqual([1, undefined, 1]);
    cache.set('a:3', 3, 0);
    cache.set('a:4', 4, 0);
    expect(cache.size).toBe(3);
  });

  it('takes an offer only if nothing has to go', () => {
    const cache = new StateCache<number>(2 * ENTRY);
    for (const n of [1, 2, 3]) cache.offer(`a:${String(n)}`, n, 0);
    expect([...cache.states()]).toEqual([1, 2]);
  });
});
