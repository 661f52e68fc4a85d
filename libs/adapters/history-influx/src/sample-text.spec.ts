import { parseMicros, parseValue } from './sample-text.js';

describe('samples as InfluxDB prints them', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00:00.000001Z', 1],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2024-05-17T11:00:44.787Z', 1_715_943_644_787_000],
    ['2024-05-17T11:00:44.787001999Z', 1_715_943_644_787_001],
  ])('reads %s as %d microseconds', (text, micros) => {
    expect(parseMicros(text)).toBe(micros);
  });

  it('reads values by their type', () => {
    expect(['1.5', '+Inf', '-Inf', 'NaN'].map((text) => parseValue(text, 'number'))).toEqual([
      1.5,
      Infinity,
      -Infinity,
      NaN,
    ]);
    expect(['true', 'false'].map((text) => parseValue(text, 'boolean'))).toEqual([true, false]);
    expect(parseValue('a\\\\n\\n\\r', 'string')).toBe('a\\n\n\r');
  });
});
