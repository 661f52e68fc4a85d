import fc from 'fast-check';
import { compileCriteria } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import { thingChange } from '@gemel/testkit/contracts';
import { select, thingsIn } from './selection.js';
import { ThingNumbers } from './thing-numbers.js';
import { ValueIndex } from './value-index.js';

const PARENT = ['attributes', 'parent'];

describe('a selection by many values', () => {
  it('has every thing with one of them, whether they stand close together or far apart', async () => {
    const value = fc.oneof(
      fc.nat(400).map((n) => `p:${String(n)}`),
      fc.constantFrom(null, 7, true, '', '\u{1F600}', ['p:1', 'p:2'], {}),
    );
    const values = fc.uniqueArray(
      fc.nat(400).map((n) => `p:${String(n)}`),
      { minLength: 60, maxLength: 120 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 300 }), values, async (stored, wanted) => {
        const numbers = new ThingNumbers();
        const index = new ValueIndex(PARENT, numbers);
        const states = stored.map((parent, n) => thingChange(`t:${String(n)}`, 1, { parent }).state);
        for (const state of states) index.apply(state.thing.thingId, state);
        const criteria: Criteria = { op: 'in', property: PARENT, values: wanted };
        const selection = await select(criteria, () => Promise.resolve(index));
        const found = selection === undefined ? [] : [...(await thingsIn(selection))].map((n) => numbers.idOf(n));
        const matches = compileCriteria(criteria, { now: 0 });
        const expected = states.filter(({ thing }) => matches(thing)).map(({ thing }) => thing.thingId);
        expect(found.toSorted()).toEqual(expected.toSorted());
        expect(selection?.count).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a selection by several criteria', () => {
  const openIndex = (count: number) => {
    const index = new ValueIndex(PARENT, new ThingNumbers());
    for (let n = 0; n < count; n++)
      index.apply(`t:${String(n)}`, thingChange(`t:${String(n)}`, 1, { parent: 'p:1' }).state);
    return index;
  };
  const askedFor = async (count: number): Promise<readonly string[]> => {
    const index = openIndex(count);
    const asked: string[] = [];
    const criteria: Criteria = {
      op: 'and',
      operands: [
        { op: 'exists', property: ['attributes', 'other'] },
        { op: 'eq', property: PARENT, value: 'p:1' },
      ],
    };
    await select(criteria, ([, name = '']) => {
      asked.push(name);
      return Promise.resolve(name === 'parent' ? index : undefined);
    });
    return asked;
  };

  it('asks for no further index when an equality leaves few things', async () => {
    expect(await askedFor(10)).toEqual(['parent']);
    expect(await askedFor(1_000)).toEqual(['parent', 'other']);
  });
});
