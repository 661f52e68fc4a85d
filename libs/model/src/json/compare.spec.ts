import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { jsonEquals, stableHash } from './compare.js';
import { jsonSize, jsonSizeAtMost } from './json-size.js';
import type { JsonValue } from './value.js';

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
/** So small that many are equal. */
const small = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<JsonValue>(null, 0, 1, '', '1', false),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', '__proto__'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
  ),
})).value;

/** The same value with the members of its objects in reverse. */
function reversed(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).map(([key, child]): [string, JsonValue] => [key, reversed(child)]);
  return Object.fromEntries(entries.reverse());
}

describe('comparing JSON', () => {
  it('does not mind the order of members', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(jsonEquals(value, reversed(value))).toBe(true);
        expect(stableHash(reversed(value))).toBe(stableHash(value));
      }),
    );
  });

  it('finds any difference', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(jsonEquals(a, b)).toBe(isDeepStrictEqual(a, b));
      }),
    );
  });

  it.each<[JsonValue | undefined, JsonValue | undefined]>([
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[], {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ toString: 1 }, { a: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
  ])('tells %j from %j', (a, b) => expect(jsonEquals(a, b)).toBe(false));

  it('hashes near values apart', () => {
    const hashes = new Set<string>();
    for (let a = 0; a < 100; a++) for (let b = 0; b < 100; b++) hashes.add(stableHash({ a, b, c: [a, b] }));
    expect(hashes.size).toBeGreaterThanOrEqual(9_998);
    expect(new Set([null, 'null', 1, '1', true, 'true', [], {}, [[]], ['']].map(stableHash)).size).toBe(10);
    expect(stableHash({ a: 'x' })).toMatch(/^[\da-f]{1,8}$/);
  });

  it('measures UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.oneof(json, text, fc.array(text)), (value) => {
        expect(jsonSize(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
      }),
    );
  });

  it('bounds UTF-8 bytes without making a text', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 90, maxLength: 300 }));
    fc.assert(
      fc.property(fc.oneof(json, text, fc.double(), fc.array(text), fc.dictionary(text, json)), (value) => {
        expect(jsonSizeAtMost(value)).toBeGreaterThanOrEqual(jsonSize(value));
      }),
    );
    expect(jsonSizeAtMost({ temperature: { properties: { value: 21.5 } } })).toBeLessThan(300);
  });
});
