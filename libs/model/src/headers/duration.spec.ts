import { formatDuration, parseHeaderDuration } from './index.js';

describe('a duration', () => {
  it.each([
    ['10', 10_000],
    ['10s', 10_000],
    [' 500ms ', 500],
    ['2m', 120_000],
    ['0', 0],
    ['', undefined],
    ['-1', undefined],
    ['1.5s', undefined],
    ['1h', undefined],
    ['9999999999', undefined],
  ])('%j has %j milliseconds', (text, ms) => {
    expect(parseHeaderDuration(text)).toBe(ms);
  });

  it.each([
    [10_000, '10'],
    [1_500, '1500ms'],
    [0, '0'],
  ])('of %d milliseconds is printed as %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseHeaderDuration(text)).toBe(ms);
  });
});
