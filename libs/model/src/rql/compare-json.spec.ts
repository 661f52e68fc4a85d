import fc from 'fast-check';
import type { JsonValue } from '../json/index.js';
import { compareJson, compareText } from './compare-json.js';

describe('the order of sorting', () => {
  it('goes by type, then by value', () => {
    const ordered = [null, -1, 0, 2.5, '', 'a', 'b', 'ba', '\uffff', '😀', false, true];
    expect(ordered.toReversed().sort(compareJson)).toEqual(ordered);
    expect(compareJson(undefined, null)).toBe(0);
    expect(compareJson({}, [1])).toBe(0);
    expect(compareJson(true, {})).toBeLessThan(0);
  });

  it('is transitive', () => {
    const json = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.integer(), fc.string()) as fc.Arbitrary<JsonValue>;
    fc.assert(
      fc.property(json, json, json, (a, b, c) => {
        expect(Math.sign(compareJson(a, b))).toBe(0 - Math.sign(compareJson(b, a)));
        if (compareJson(a, b) <= 0 && compareJson(b, c) <= 0) expect(compareJson(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('compares texts as their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
