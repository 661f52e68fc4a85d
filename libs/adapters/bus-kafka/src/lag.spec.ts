import { lagOf } from './lag.js';

const ends = [
  { partition: 0, low: '0', high: '10' },
  { partition: 1, low: '5', high: '5' },
  { partition: 2, low: '100', high: '120' },
];

describe('lag', () => {
  it('counts what is after the committed offsets', () => {
    const committed = [
      { partition: 0, offset: '4' },
      { partition: 1, offset: '5' },
      { partition: 2, offset: '120' },
    ];
    expect(lagOf(ends, committed)).toBe(6);
  });

  it('counts from the beginning where nothing was committed, or what was is deleted', () => {
    expect(lagOf(ends, [{ partition: 0, offset: '-1' }])).toBe(30);
    expect(lagOf(ends, [{ partition: 2, offset: '7' }])).toBe(30);
  });

  it('is never negative', () => {
    expect(lagOf([{ partition: 0, low: '0', high: '3' }], [{ partition: 0, offset: '9' }])).toBe(0);
  });
});
