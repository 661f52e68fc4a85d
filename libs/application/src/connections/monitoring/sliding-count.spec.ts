import fc from 'fast-check';

import { SlidingCount } from './sliding-count.js';

const START = 1_700_000_000_000;

describe('SlidingCount', () => {
  it('shows nothing before anything happened', () => {
    expect(new SlidingCount().measure(START)).toEqual({ PT1M: 0, PT1H: 0, PT24H: 0, lastMessageAt: undefined });
  });

  it('forgets what is longer ago than the period', () => {
    const count = new SlidingCount();
    count.add(START);
    count.add(START + 1);
    expect(count.measure(START + 50_000)).toEqual({ PT1M: 2, PT1H: 2, PT24H: 2, lastMessageAt: START + 1 });
    expect(count.measure(START + 65_001)).toMatchObject({ PT1M: 0, PT1H: 2 });
    expect(count.measure(START + 3_661_000)).toMatchObject({ PT1H: 0, PT24H: 2 });
    expect(count.measure(START + 87_400_000)).toEqual({ PT1M: 0, PT1H: 0, PT24H: 0, lastMessageAt: START + 1 });
  });

  it('is right to one step, whatever happens when', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { maxLength: 200 }), fc.nat(200_000), (times, later) => {
        const sorted = times.map((time) => START + time).toSorted((a, b) => a - b);
        const count = new SlidingCount();
        for (const time of sorted) count.add(time);
        const now = (sorted.at(-1) ?? START) + later;
        const within = (ms: number): number => sorted.filter((time) => time > now - ms).length;
        const { PT1M: shown } = count.measure(now);
        expect(shown).toBeGreaterThanOrEqual(within(55_000));
        expect(shown).toBeLessThanOrEqual(within(65_000));
      }),
    );
  });

  it('stays where it is when the clock goes back', () => {
    const count = new SlidingCount();
    count.add(START);
    count.add(START - 500_000);
    expect(count.measure(START - 500_000).PT1M).toBe(2);
  });
});
