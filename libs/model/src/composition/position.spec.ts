import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import type { JsonValue } from '../json/index.js';
import { arrange, compareSiblings, placeAt } from './position.js';
import type { Ranks, Sibling } from './position.js';

const id = (name: string): ThingId => parseThingId(`x:${name}`);
const bare = (...names: readonly string[]): readonly Sibling[] => names.map((name) => ({ id: id(name), rank: null }));
const ranked = (ranks: Readonly<Record<string, JsonValue>>): readonly Sibling[] =>
  Object.entries(ranks).map(([name, rank]) => ({ id: id(name), rank }));

function orderOf(siblings: readonly Sibling[]): readonly ThingId[] {
  return siblings.toSorted(compareSiblings).map((sibling) => sibling.id);
}

function after(siblings: readonly Sibling[], ranks: Ranks): readonly Sibling[] {
  return siblings.map((sibling) => ({ ...sibling, rank: ranks.get(sibling.id) ?? rankLeft(sibling, ranks) }));
}

function rankLeft({ id: of, rank }: Sibling, ranks: Ranks): JsonValue {
  return ranks.has(of) ? null : rank;
}

describe('a place among siblings', () => {
  it.each([
    ['needs no rank where the id leads there', bare('a', 'c'), 'b', 1, {}],
    ['is last with one rank', bare('b', 'c'), 'a', 2, { a: 1 }],
    ['is last beyond the end', bare('b', 'c'), 'a', 99, { a: 1 }],
    ['is after the last rank', ranked({ b: 1, c: 2.5 }), 'a', 2, { a: 3 }],
    ['needs no rank before the first one', ranked({ b: 1, c: 2 }), 'x', 0, {}],
    ['is between two ranks', ranked({ b: 1, c: 2 }), 'a', 1, { a: 1.5 }],
    [
      'is between those without a rank and the first one that has one',
      [...bare('b'), ...ranked({ c: 4 })],
      'a',
      1,
      { a: 3 },
    ],
    ['gives ranks to those without one behind it', bare('a', 'b', 'c'), 'x', 1, { x: 1, b: 2, c: 3 }],
    ['makes room where two are alike', ranked({ b: 7, c: 7 }), 'a', 1, { b: 1, a: 2, c: 3 }],
    ['mends ranks that are no numbers', ranked({ b: 'x', c: true }), 'a', 1, { b: 1, a: 2, c: 3 }],
  ])('%s', (_what, siblings, mover, index, expected) => {
    const ranks = placeAt(siblings, { id: id(mover), rank: null }, index);
    expect(Object.fromEntries(ranks)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, rank]) => [id(name), rank])),
    );
  });

  it('is given up where it is not needed any more', () => {
    const siblings = [...bare('a'), ...ranked({ b: 3 })];
    expect([...placeAt(siblings, { id: id('b'), rank: 3 }, 1)]).toEqual([[id('b'), null]]);
    expect([...placeAt(bare('a', 'b'), { id: id('b'), rank: null }, 1)]).toEqual([]);
  });

  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const rank: fc.Arbitrary<JsonValue> = fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 3 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom('text', true, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324),
  );
  const family = fc.uniqueArray(fc.record({ id: name.map(id), rank }), {
    selector: (sibling) => sibling.id,
    maxLength: 7,
  });

  it('is where it was asked for, and the others stay in their order, whatever their ranks', () => {
    fc.assert(
      fc.property(family, name.map(id), rank, fc.nat(8), (siblings, moverId, own, index) => {
        const mover = siblings.find((sibling) => sibling.id === moverId) ?? { id: moverId, rank: own };
        const all = siblings.includes(mover) ? siblings : [...siblings, mover];
        const ranks = placeAt(siblings, mover, index);
        const others = orderOf(siblings).filter((each) => each !== moverId);
        const expected = others.toSpliced(index, 0, moverId);
        expect(orderOf(after(all, ranks))).toEqual(expected);
        for (const [each, next] of ranks) expect(next).not.toBe(all.find((sibling) => sibling.id === each)?.rank);
      }),
    );
  });

  it('can be given to all: those named first, the others as they were', () => {
    fc.assert(
      fc.property(family, fc.array(name.map(id), { maxLength: 9 }), (siblings, first) => {
        const ranks = arrange(siblings, first);
        const known = [...new Set(first)].filter((each) => siblings.some((sibling) => sibling.id === each));
        const others = orderOf(siblings).filter((each) => !known.includes(each));
        const found = after(siblings, ranks);
        expect(orderOf(found)).toEqual([...known, ...others]);
        expect(arrange(found, first).size).toBe(0);
      }),
    );
  });
});
