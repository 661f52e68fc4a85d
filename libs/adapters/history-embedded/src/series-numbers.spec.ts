import fc from 'fast-check';
import { parseThingId } from '@gemel/model/ids';
import { SeriesNumbers } from './series-numbers.js';

const key = (thing: string, path: string) => ({ thingId: parseThingId(`x:${thing}`), path, field: path, tags: {} });

describe('numbers of series', () => {
  it('are those that were given, or unknown', () => {
    const some = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({ thing: some, path: some, tags: some });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 9 }), (steps, max) => {
        const numbers = new SeriesNumbers(max);
        const given = new Map<string, number>();
        for (const { thing, path, tags } of steps) {
          const name = `${thing} ${path} ${tags}`;
          const known = numbers.get(key(thing, path), tags);
          if (known !== undefined) expect(known).toBe(given.get(name));
          else {
            const id = given.get(name) ?? given.size;
            given.set(name, id);
            numbers.set(key(thing, path), tags, id);
          }
        }
      }),
    );
  });

  it('are forgotten when they were not used for so many others', () => {
    const numbers = new SeriesNumbers(3);
    for (let n = 0; n < 6; n++) {
      numbers.set(key(String(n), '/p'), '[]', n);
      expect(numbers.get(key('0', '/p'), '[]')).toBe(0);
    }
    expect([1, 2, 5].map((n) => numbers.get(key(String(n), '/p'), '[]'))).toEqual([undefined, undefined, 5]);
    numbers.clear();
    expect(numbers.get(key('0', '/p'), '[]')).toBeUndefined();
  });
});
