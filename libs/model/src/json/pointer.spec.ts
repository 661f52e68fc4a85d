import fc from 'fast-check';
import { JsonPointerInvalid } from './errors.js';
import { formatPointer, parsePointer, valueAt, withValueAt, withoutValueAt } from './pointer.js';
import type { JsonPointer } from './pointer.js';
import type { JsonObject, JsonValue } from './value.js';

const hostile = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '~', '/', '~1', '0');
const key = fc.oneof(fc.constantFrom('a', 'b'), hostile, fc.string({ minLength: 1, maxLength: 4 }));
const pointer = fc.array(key, { maxLength: 4 });
const object = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })) as fc.Arbitrary<JsonObject>;

describe('JSON pointers', () => {
  it.each<[string, JsonPointer]>([
    ['', []],
    ['/', []],
    ['/a/b', ['a', 'b']],
    ['a/b', ['a', 'b']],
    ['/a~1b/~0~01', ['a/b', '~~1']],
    ['/ /ä', [' ', 'ä']],
  ])('reads %s', (text, expected) => expect(parsePointer(text)).toEqual(expected));

  it.each(['//', '/a//b', '/a/', 'a//', '/~', '/~2', 'a~/b', '/a'.repeat(101), '/'.repeat(1_000_000)])(
    'refuses what is none (%#)',
    (text) => expect(() => parsePointer(text)).toThrow(JsonPointerInvalid),
  );

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(pointer, (path) => {
        expect(parsePointer(formatPointer(path))).toEqual(path);
      }),
    );
  });

  it('does not look into arrays', () => {
    expect(valueAt({ a: [1] }, ['a', '0'])).toBeUndefined();
    expect(valueAt({ a: [1] }, ['a', 'length'])).toBeUndefined();
  });

  it('finds what was set and changes nothing else', () => {
    fc.assert(
      fc.property(object, pointer, fc.jsonValue(), (before, path, value) => {
        const copy = structuredClone(before);
        const after = withValueAt(before, path, value as JsonValue);
        expect(valueAt(after, path)).toBe(value);
        expect(before).toEqual(copy);
        expect(Object.getPrototypeOf({})).toBe(Object.prototype);
      }),
    );
  });

  it('finds nothing where it was removed, and makes no copy when nothing was there', () => {
    fc.assert(
      fc.property(object, fc.array(key, { minLength: 1, maxLength: 4 }), (before, path) => {
        const after = withoutValueAt(before, path);
        expect(valueAt(after, path)).toBeUndefined();
        expect(after === before).toBe(valueAt(before, path) === undefined);
      }),
    );
  });

  it('makes objects on the way, in place of other values too', () => {
    expect(withValueAt({ a: [1], c: 2 }, ['a', '0', 'b'], 3)).toEqual({ a: { 0: { b: 3 } }, c: 2 });
  });

  it('shares what it does not touch', () => {
    const before = { a: { x: 1 }, b: { y: { z: 1 } } };
    const after = withValueAt(before, ['b', 'y', 'z'], 2);
    expect(valueAt(after, ['a'])).toBe(before.a);
    expect(valueAt(withoutValueAt(before, ['b', 'y']), ['a'])).toBe(before.a);
  });
});
