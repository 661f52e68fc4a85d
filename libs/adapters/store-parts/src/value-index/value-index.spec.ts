import { thingChange } from '@gemel/testkit/contracts';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { compareText } from '@gemel/model/rql';
import { COMPOSITE, compareKeys } from './index-key.js';
import type { IndexKey } from './index-key.js';
import { OrderedWalk } from './ordered-walk.js';
import { SortedEntries } from './sorted-entries.js';
import { ThingNumbers } from './thing-numbers.js';
import { ValueIndex } from './value-index.js';

const aThingState = (id: string, attributes: JsonObject) => thingChange(id, 1, attributes).state;

const key: fc.Arbitrary<IndexKey> = fc.oneof(
  fc.constantFrom<IndexKey>(undefined, null, true, false, COMPOSITE, '', 'a', 'b', '\uffff', '\u{1F697}'),
  fc.integer({ min: -3, max: 3 }),
);
const changes = fc.array(fc.record({ isInsert: fc.boolean(), key, thing: fc.nat(2_000) }), { maxLength: 3_000 });

describe('SortedEntries', () => {
  it('are what a sorted list of pairs would be', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const numbers = new ThingNumbers();
        for (let n = 0; n <= 2_000; n++) numbers.numberOf(`a:${String(n)}`);
        const entries = new SortedEntries(numbers);
        const expected = new Map<string, { key: IndexKey; thing: number }>();
        for (const step of steps) {
          const name = `${String(step.key)} ${typeof step.key} ${String(step.thing)}`;
          if (step.isInsert && !expected.has(name)) {
            entries.insert(step.key, step.thing);
            expected.set(name, { key: step.key, thing: step.thing });
          } else if (!step.isInsert) expect(entries.remove(step.key, step.thing)).toBe(expected.delete(name));
        }
        const found: { key: IndexKey; thing: number }[] = [];
        for (
          let place = entries.seek(() => false), at = entries.after(place);
          at !== undefined;
          at = entries.after(place)
        ) {
          expect(entries.rank(place)).toBe(found.length);
          found.push(at);
          place = entries.next(place);
        }
        const order = (a: { key: IndexKey; thing: number }, b: { key: IndexKey; thing: number }) =>
          compareKeys(a.key, b.key) || compareText(numbers.idOf(a.thing), numbers.idOf(b.thing));
        expect(found).toEqual([...expected.values()].toSorted(order));
        expect(entries.size).toBe(found.length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('OrderedWalk', () => {
  const indexOf = (values: readonly (JsonValue | undefined)[]) => {
    const index = new ValueIndex(['attributes', 'n'], new ThingNumbers());
    for (const [id, n] of values.entries())
      index.apply(`a:${String(id)}`, aThingState(`a:${String(id)}`, n === undefined ? {} : { n }));
    return index;
  };
  const idsAlong = (walk: OrderedWalk) => {
    const ids: string[] = [];
    for (let thing = walk.next(); thing !== undefined; thing = walk.next()) ids.push(walk.index.numbers.idOf(thing));
    return ids;
  };

  it('goes up and down, things of one key by their ids, arrays once', () => {
    const index = indexOf([2, 1, undefined, [1, 5], 2, null, 'x']);
    expect(idsAlong(new OrderedWalk(index, 'asc', undefined))).toEqual([
      'a:2',
      'a:5',
      'a:1',
      'a:0',
      'a:4',
      'a:6',
      'a:3',
    ]);
    expect(idsAlong(new OrderedWalk(index, 'desc', undefined))).toEqual([
      'a:3',
      'a:6',
      'a:0',
      'a:4',
      'a:1',
      'a:5',
      'a:2',
    ]);
  });

  it('begins behind a thing, also when it is not there any more', () => {
    const index = indexOf([2, 1, 3, 2, 2]);
    expect(idsAlong(new OrderedWalk(index, 'asc', { key: 2, id: 'a:0' }))).toEqual(['a:3', 'a:4', 'a:2']);
    expect(idsAlong(new OrderedWalk(index, 'desc', { key: 2, id: 'a:3' }))).toEqual(['a:4', 'a:1']);
    expect(idsAlong(new OrderedWalk(index, 'desc', { key: 2, id: 'a:1' }))).toEqual(['a:3', 'a:4', 'a:1']);
    expect(idsAlong(new OrderedWalk(index, 'desc', { key: 2, id: undefined }))).toEqual(['a:0', 'a:3', 'a:4', 'a:1']);
  });

  it('meets things that do not move once while others come and go', () => {
    const index = indexOf([1, 2, 3, 4, 5]);
    const walk = new OrderedWalk(index, 'asc', undefined);
    walk.next();
    walk.next();
    index.apply('a:1', undefined);
    index.apply('a:9', aThingState('a:9', { n: 0 }));
    index.apply('a:2', aThingState('a:2', { n: 9 }));
    expect(idsAlong(walk)).toEqual(['a:3', 'a:4', 'a:2']);
  });
});
