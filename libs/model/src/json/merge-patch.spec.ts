import fc from 'fast-check';
import { jsonEquals } from './compare.js';
import { mergePatch } from './merge-patch.js';
import { minimalPatch } from './minimal-patch.js';
import { isJsonObject, member, withMember, withoutMember } from './value.js';
import type { JsonValue } from './value.js';

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, 1, 2, 'x', true),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** RFC 7396's pseudocode, word for word. */
function reference(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  let result = isJsonObject(target) ? target : {};
  for (const name of Object.keys(patch)) {
    const value = member(patch, name) ?? null;
    result =
      value === null ? withoutMember(result, name) : withMember(result, name, reference(member(result, name), value));
  }
  return result;
}

describe('merge patch', () => {
  // Appendix A of RFC 7396.
  it.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{}, { a: [null, { b: null }] }, { a: [null, { b: null }] }],
  ])('%j with %j is %j', (target, patch, expected) => expect(mergePatch(target, patch)).toEqual(expected));

  it('agrees with the reference and leaves its input alone', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const texts = [JSON.stringify(target), JSON.stringify(patch)];
        expect(JSON.stringify(mergePatch(target, patch))).toBe(JSON.stringify(reference(target, patch)));
        expect([JSON.stringify(target), JSON.stringify(patch)]).toEqual(texts);
      }),
    );
  });

  it('returns the target itself when nothing changes, and shares what does not', () => {
    const target = { a: { x: 1 }, b: { y: [1] } };
    expect(mergePatch(target, { a: { x: 1 }, c: null, b: {} })).toBe(target);
    expect(mergePatch(target, { a: { x: 2 } })).toHaveProperty('b', target.b);
    expect(member(mergePatch(target, { a: { x: 2 } }) as typeof target, 'b')).toBe(target.b);
  });

  it('takes __proto__ for a plain key', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as JsonValue);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true}}');
  });
});

describe('removal by regular expressions', () => {
  it.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a1: 1, a2: 2, b: 3 }, { '{{ ~a.~ }}': null }, { b: 3 }],
    [
      { a1: 1, b: 3 },
      { '{{~a.~}}': null, a1: { x: 1 } },
      { a1: { x: 1 }, b: 3 },
    ],
    [
      { a1: { y: 2 }, b: 3 },
      { a1: { x: 1 }, '{{ /a./ }}': null },
      { a1: { x: 1 }, b: 3 },
    ],
    [{ ab: 1 }, { '{{ ~a~ }}': null }, { ab: 1 }],
    [{ a: 1 }, { '{{ a }}': null, '{{ ~a }}': null, '{{ ~ }}': null }, { a: 1 }],
    [{ a: 1 }, { '{{ ~a~ }}': 5 }, { a: 1, '{{ ~a~ }}': 5 }],
    [{ a: 1 }, { x: { '{{ ~a~ }}': null } }, { a: 1, x: {} }],
    ['text', { '{{ ~.*~ }}': null }, {}],
  ])('%j with %j is %j', (target, patch, expected) => expect(mergePatch(target, patch)).toEqual(expected));
});

describe('a minimal patch', () => {
  const patches = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<JsonValue>(null, 1, 2, 'x'),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', '{{ ~[ab]~ }}'), tie('value'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  })).value;

  it('has the effect of the patch, and is none when the patch has none', () => {
    fc.assert(
      fc.property(json, patches, (target, patch) => {
        const minimal = minimalPatch(target, patch);
        const merged = mergePatch(target, patch);
        if (minimal === undefined) expect(merged).toEqual(target);
        else if (minimal !== null) expect(jsonEquals(mergePatch(target, minimal), merged)).toBe(true);
        else expect(patch).toBeNull();
      }),
    );
  });

  it('holds what changes only', () => {
    const target = { a: { x: 1, y: { z: [1] } }, b: null };
    const patch = { a: { x: 1, y: { z: [1], n: 2 }, gone: null }, b: null, '{{ ~q~ }}': null };
    expect(minimalPatch(target, patch)).toEqual({ a: { y: { n: 2 } }, b: null });
    expect(minimalPatch(target, { a: { x: 1 } })).toBeUndefined();
    expect(minimalPatch({}, { a: {} })).toEqual({ a: {} });
  });
});
