import fc from 'fast-check';
import { announcedAt } from './due.js';

const EXPIRY = Date.UTC(2030, 0, 1);
const expiry = new Date(EXPIRY).toISOString();
const at = (subjectId: string, randomizationInterval?: string) =>
  announcedAt(subjectId, {
    type: 't',
    expiry,
    announcement: { beforeExpiry: '10m', ...(randomizationInterval === undefined ? {} : { randomizationInterval }) },
  }) ?? NaN;

describe('the time of an announcement', () => {
  it.each([
    ['0s', 0],
    ['1m', 60_000],
    ['2h', 7_200_000],
    [undefined, 300_000],
  ])('lies within the interval %s before, and is always the same', (interval, ms) => {
    fc.assert(
      fc.property(fc.string(), (subjectId) => {
        const earlier = EXPIRY - 600_000 - at(subjectId, interval);
        expect(earlier).toBeGreaterThanOrEqual(0);
        expect(earlier).toBeLessThanOrEqual(ms);
        expect(at(subjectId, interval)).toBe(EXPIRY - 600_000 - earlier);
      }),
    );
  });

  it('is spread over the interval', () => {
    const minutes = new Set(
      Array.from({ length: 200 }, (_, n) => Math.floor((EXPIRY - at(`nginx:user-${String(n)}`)) / 60_000)),
    );
    expect([...minutes].toSorted((a, b) => a - b)).toEqual(expect.arrayContaining([10, 11, 12, 13, 14]));
  });
});
