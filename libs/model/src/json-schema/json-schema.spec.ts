import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parseJson } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import { compileSchema } from './index.js';

const holds = (schema: JsonValue, value: JsonValue): boolean => compileSchema(schema).faults(value).length === 0;
const faultsOf = (schema: JsonValue, value: JsonValue) =>
  compileSchema(schema)
    .faults(value)
    .map(({ pointer, keyword }) => [pointer.join('/'), keyword]);

describe('a JSON Schema', () => {
  it('names every place that breaks it', () => {
    const schema = {
      type: 'object',
      required: ['unit', 'value'],
      properties: {
        unit: {},
        value: { type: 'number', minimum: 0, maximum: 10 },
        tags: { items: { pattern: '^[a-z]+$' } },
      },
      additionalProperties: false,
    };
    expect(faultsOf(schema, { value: 11, tags: ['a', 'B'], more: 1 })).toEqual([
      ['value', 'maximum'],
      ['tags/1', 'pattern'],
      ['more', 'additionalProperties'],
      ['', 'required'],
    ]);
    expect(holds(schema, { value: 3, unit: 'm' })).toBe(true);
  });

  it('follows references inside of it, recursive ones too', () => {
    const tree = {
      $id: 'https://example.org/tree',
      $defs: { node: { $anchor: 'node', properties: { children: { type: 'array', items: { $ref: '#node' } } } } },
      $ref: 'https://example.org/tree#/$defs/node',
    };
    expect(faultsOf(tree, { children: [{ children: [{ children: 1 }] }] })).toEqual([
      ['children/0/children/0/children', 'type'],
    ]);
  });

  it.each([
    ['a remote reference', { $ref: 'https://example.org/other' }],
    ['a reference to nothing', { $ref: '#/$defs/x' }],
    ['a reference to what is no schema', { $ref: '#/$defs/x', $defs: { x: 3 } }],
    ['a reference to itself', { $ref: '#' }],
    [
      'references in a circle',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { allOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' },
    ],
    ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['an unknown type', { type: 'float' }],
    ['the name of a member of all objects as type', { type: 'constructor' }],
    ['a pattern with look-ahead', { pattern: '(?=a)b' }],
    ['a broken pattern', { pattern: '(' }],
    ['a limit of the wrong type', { minimum: '1' }],
    ['a negative count', { minLength: -1 }],
    ['schemas that are none', { properties: { a: 1 } }],
    ['a text', 'schema'],
    ['null', null],
    ['too many bytes', { description: 'x'.repeat(70_000) }],
  ])('is refused with %s', (_name, schema: JsonValue) => {
    expect(() => compileSchema(schema)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('is refused when it is nested too deeply', () => {
    const $defs: Record<string, JsonValue> = {};
    for (let level = 0; level < 300; level++) $defs[`s${level}`] = { $ref: `#/$defs/s${level + 1}` };
    expect(() => compileSchema({ $defs: { ...$defs, s300: {} }, $ref: '#/$defs/s0' })).toThrow(/nested/);
  });

  it('that would take a time beyond all bounds is given up', () => {
    const $defs: Record<string, JsonValue> = { s40: {} };
    for (let level = 0; level < 40; level++) {
      $defs[`s${level}`] = { allOf: [{ $ref: `#/$defs/s${level + 1}` }, { $ref: `#/$defs/s${level + 1}` }] };
    }
    expect(faultsOf({ $defs, $ref: '#/$defs/s0' }, 1)).toEqual([['', 'budget']]);
    const doubling = { properties: { a: { anyOf: [{ $ref: '#' }, { $ref: '#' }] } } };
    let value: JsonValue = {};
    for (let level = 0; level < 90; level++) value = { a: value };
    expect(faultsOf(doubling, value)).toEqual([['', 'budget']]);
  });

  it.each([
    [{ allOf: [{ properties: { a: {} } }], unevaluatedProperties: false }, { a: 1 }, { b: 1 }],
    [
      { anyOf: [{ properties: { a: { type: 'null' } } }, { properties: { b: {} } }], unevaluatedProperties: false },
      { b: 1 },
      { a: 1 },
    ],
    [{ if: { required: ['a'] }, then: { properties: { a: {} } }, unevaluatedProperties: false }, { a: 1 }, { b: 1 }],
    [{ anyOf: [{ items: {} }], unevaluatedItems: false }, [1, 2], undefined],
    [{ prefixItems: [{}], contains: { const: 2 }, unevaluatedItems: false }, [1, 2], [1, 2, 3]],
    [
      { $ref: '#/$defs/a', $defs: { a: { prefixItems: [{}] } }, unevaluatedItems: { type: 'string' } },
      [1, 'x'],
      [1, 2],
    ],
    [{ not: { properties: { a: { type: 'null' } } }, unevaluatedProperties: false }, 1, { a: 1 }],
  ] as readonly (readonly [JsonValue, JsonValue, JsonValue | undefined])[])(
    'knows what other words have looked at: %j',
    (document, good, bad) => {
      expect(typeof good === 'object' ? faultsOf(document, good) : []).toEqual([]);
      expect(bad !== undefined && holds(document, bad)).toBe(false);
    },
  );

  it('counts the items that it asks for', () => {
    const some = { contains: { type: 'string' }, minContains: 1, maxContains: 2, prefixItems: [{ type: 'number' }] };
    expect(faultsOf(some, [])).toEqual([['', 'contains']]);
    expect(faultsOf({ ...some, minContains: 2 }, [1, 'a'])).toEqual([['', 'minContains']]);
    expect(faultsOf(some, [1, 'a', 'b', 'c'])).toEqual([['', 'maxContains']]);
    expect(holds({ ...some, minContains: 0 }, [])).toBe(true);
    expect(holds(some, [1, 'a'])).toBe(true);
  });

  it('with a catastrophic pattern answers at once', () => {
    expect(faultsOf({ pattern: '^(a+)+$' }, `${'a'.repeat(4_000)}b`)).toEqual([['', 'pattern']]);
  });

  it('takes `__proto__` and the like for names', () => {
    const schema = parseJson('{"properties":{"__proto__":{"type":"number"}},"required":["toString"]}');
    const value = parseJson('{"__proto__":"x"}');
    expect(faultsOf(schema, value)).toEqual([
      ['__proto__', 'type'],
      ['', 'required'],
    ]);
  });
});

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom('', 'a', 'ab', 'b'),
);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const few = fc.integer({ min: 0, max: 2 });
const { schema } = fc.letrec<{ schema: JsonValue }>((tie) => {
  const s = tie('schema');
  const list = fc.array(s, { minLength: 1, maxLength: 2 });
  const named = fc.dictionary(fc.constantFrom('a', 'b'), s, { maxKeys: 2 });
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 });
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      fc.record(
        {
          type: fc.constantFrom('null', 'boolean', 'number', 'integer', 'string', 'array', 'object'),
          enum: fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 }),
          const: leaf,
          multipleOf: fc.constantFrom(1, 2),
          minimum: few,
          exclusiveMaximum: few,
          minLength: few,
          maxLength: few,
          pattern: fc.constantFrom('^a', 'b$', '.'),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          properties: named,
          patternProperties: fc.dictionary(fc.constantFrom('^a', 'b|c'), s, { maxKeys: 1 }),
          additionalProperties: s,
          propertyNames: s,
          required: names,
          dependentRequired: fc.dictionary(fc.constantFrom('a', 'b'), names, { maxKeys: 1 }),
          dependentSchemas: named,
          minProperties: few,
          maxProperties: few,
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          prefixItems: list,
          items: s,
          minItems: few,
          uniqueItems: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
      fc.record({ allOf: list, anyOf: list, oneOf: list, not: s, if: s, then: s, else: s }, { requiredKeys: [] }),
    ),
  };
});

/**
 * What Ajv says; undefined where the code that it makes is broken. `unevaluated…` and `contains` are left out: there it errs,
 * for `{"anyOf":[{"items":{}}],"unevaluatedItems":false}` as an example.
 */
function ofAjv(document: JsonValue, value: JsonValue): boolean | undefined {
  const schema = typeof document === 'boolean' ? document : { ...Object(document) };
  try {
    return new Ajv2020({ strict: false }).compile(schema)(value);
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

it('a JSON Schema holds for the same values as for Ajv', () => {
  fc.assert(
    fc.property(schema, value, (document, each) => {
      const ours = compileSchema(document).faults(each).length === 0;
      expect([document, each, ours]).toEqual([document, each, ofAjv(document, each) ?? ours]);
    }),
    { numRuns: 200 },
  );
});
