import { gatherMsAfter } from './gathering.js';

describe('the time in which a batch is gathered', () => {
  const took10Ms = { appends: 32, begun: 100, ended: 110 };

  it('is a part of the time that the last one took', () => {
    expect(gatherMsAfter(took10Ms, { waiting: 32, now: 110 })).toBeCloseTo(3);
  });

  it('begins with the first who comes again', () => {
    expect(gatherMsAfter(took10Ms, { waiting: 1, now: 114 })).toBeCloseTo(3);
  });

  it('is short when the server is slow', () => {
    expect(gatherMsAfter({ ...took10Ms, ended: 5_100 }, { waiting: 32, now: 5_100 })).toBe(20);
  });

  it.each([
    ['nothing was written before', undefined, 20, 110],
    ['nobody has come again for as long as the last one took', took10Ms, 1, 121],
    ['few write at the same time', { ...took10Ms, appends: 7 }, 7, 110],
    ['enough wait already', took10Ms, 256, 110],
  ])('is none when %s', (_, last, waiting, now) => {
    expect(gatherMsAfter(last, { waiting, now })).toBe(0);
  });
});
