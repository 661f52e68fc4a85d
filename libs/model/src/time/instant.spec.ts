import { formatInstant, formatMicros, parseInstant } from './instant.js';

describe('instants as text', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_795_493_560_640, '2026-11-24T04:12:40.640Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
  ])('prints %d as Java does', (instant, text) => {
    expect(formatInstant(instant)).toBe(text);
    expect(parseInstant(text)).toBe(instant);
    expect(formatMicros(instant * 1_000)).toBe(text);
  });

  it.each([
    [1, '1970-01-01T00:00:00.000001Z'],
    [1_795_493_560_640_017, '2026-11-24T04:12:40.640017Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
  ])('prints %d microseconds with six digits', (micros, text) => {
    expect(formatMicros(micros)).toBe(text);
  });

  it('knows what is no instant', () => {
    expect(parseInstant('yesterday')).toBeUndefined();
  });
});
