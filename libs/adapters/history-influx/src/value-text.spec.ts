import fc from 'fast-check';
import { parseText, toText } from './value-text.js';

describe('values as text', () => {
  it('come back as they were', () => {
    const values = fc.oneof(
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('true', '1', '-2.5', '"', '"x"', '1\n', 'true\n', '-', '\\', ''),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(parseText(toText(value))).toBe(value);
      }),
    );
  });

  it('leaves ordinary texts as dashboards can show them', () => {
    expect(['on', 'say "hi"', '', 'ö'].map(toText)).toEqual(['on', 'say "hi"', '', 'ö']);
    expect([1.5, true, '1.5', 'true'].map(toText)).toEqual(['1.5', 'true', '"1.5"', '"true"']);
  });
});
