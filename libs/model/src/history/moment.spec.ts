import { parseMoment, parseSpan } from './moment.js';

const NOW = Date.UTC(2024, 4, 17, 12);
const HOUR = 3_600_000;

describe('a moment in a query', () => {
  it.each([
    ['now', NOW],
    ['now-1h', NOW - HOUR],
    ['-1h', NOW - HOUR],
    ['now+30m', NOW + HOUR / 2],
    ['-1h30m', NOW - 1.5 * HOUR],
    ['1715943600000', 1_715_943_600_000],
    ['2024-05-17T11:00:00Z', NOW - HOUR],
    ['2024-05-17T11:00:00.000001Z', NOW - HOUR + 0.001],
    ['2024-05-17T11:00:00.5Z', NOW - HOUR + 500],
    ['2024-05-17T13:00:00+02:00', NOW - HOUR],
    ['2024-05-17T11:00', NOW - HOUR],
    ['2024-05-17', NOW - 12 * HOUR],
  ])('%s', (text, expected) => {
    expect(parseMoment(text, NOW)).toBe(expected * 1000);
  });

  it.each([
    '',
    'yesterday',
    '1h',
    '-1mo',
    'now-',
    '2024-13-01',
    '-1',
    '1e5',
    '12 May 2024',
    '-1h-1h',
    `-${'1h'.repeat(50)}`,
  ])('%s is none', (text) => {
    expect(parseMoment(text, NOW)).toBeUndefined();
  });

  it('reads spans down to microseconds', () => {
    expect(['10s', '1d', '500us', '1mo', 'x', ''].map(parseSpan)).toEqual([
      10_000_000,
      86_400_000_000,
      500,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
