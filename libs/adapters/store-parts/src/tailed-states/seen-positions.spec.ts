import fc from 'fast-check';
import { SeenPositions } from './seen-positions.js';

describe('SeenPositions', () => {
  it('ends before the first gap, and names what is behind it', () => {
    const seen = new SeenPositions(4);
    seen.saw(5, 6);
    seen.saw(9, 12);
    seen.saw(14, 14);
    expect([seen.end, seen.beyond]).toEqual([6, [12, 14]]);
    seen.saw(7, 8);
    expect([seen.end, seen.beyond]).toEqual([12, [14]]);
    seen.saw(5, 6);
    expect([seen.end, seen.beyond]).toEqual([12, [14]]);
  });

  it('goes on behind what it passes over', () => {
    const seen = new SeenPositions();
    seen.saw(9, 12);
    seen.saw(3, 4);
    seen.skip(8);
    expect([seen.end, seen.beyond]).toEqual([12, []]);
    seen.skip(2);
    expect(seen.end).toBe(12);
  });

  it('has seen all when all ranges came, in whatever order and however often, even those that overlap', () => {
    const ranges = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 12 }).map((sizes) => {
      let last = 0;
      return sizes.map((size) => {
        const first = last + 1;
        last += size + 1;
        return [first, last] as const;
      });
    });
    const arrivals = ranges.chain((all) => {
      const singles = all.flatMap(([first, last]) => [[first, first] as const, [last, last] as const]);
      return fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...singles, ...all], { minLength: 0 }).map((some) => [...some, ...all]),
      );
    });
    fc.assert(
      fc.property(arrivals, ([all, order]) => {
        const seen = new SeenPositions();
        for (const [first, last] of order) {
          const before = seen.end;
          seen.saw(first, last);
          expect(seen.end).toBeGreaterThanOrEqual(before);
        }
        expect([seen.end, seen.beyond]).toEqual([all.at(-1)?.[1], []]);
      }),
    );
  });
});
