import { parseThingId } from '../ids/index.js';
import { parseJson } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { effectiveTypeJson, parseEffectiveType } from './effective-type-json.js';
import { layOver, modelOf, ownType } from './effective-type.js';
import type { EffectiveType } from './effective-type.js';
import { instanceFeatures } from './instance-features.js';
import { parseTypeModel } from './parse-type-model.js';
import { parseTypeReference } from './type-reference.js';
import { compileRules, newViolations } from './violations.js';

const typeOf = (id: string, thing: JsonObject, model?: JsonObject): EffectiveType => {
  const withModel = {
    ...thing,
    attributes: { _isType: true, _parents: { 'a:b': 2 }, name: id, ...(model && { _model: model }) },
  };
  return ownType(parseThingId(id), withModel, modelOf(withModel));
};
const twin = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  thingId: 'x:y',
  attributes: { type: 'x:wheel' },
  features: { speed: { properties } },
  ...more,
});
const speed = (schema: JsonValue, more: JsonObject = {}) => ({
  validation: 'reject',
  features: { speed: { schema, ...more } },
});

describe('the model of a type', () => {
  it('is read whole', () => {
    const model = parseTypeModel({
      extends: 'org:base@^1.0.0',
      mixins: ['org:located'],
      validation: 'warn',
      attributes: { schema: { required: ['serial'] } },
      features: {
        speed: { required: true, schema: true, properties: { value: { initial: 0, unit: 'km/h', reset: true } } },
      },
    });
    expect(model).toMatchObject({ extends: { typeId: 'org:base', text: 'org:base@^1.0.0' }, validation: 'warn' });
    expect(model.features.get('speed')?.properties.get('value')).toEqual({ initial: 0, unit: 'km/h', reset: true });
  });

  it.each([
    ['a text', 'model', '/'],
    ['a word that is not known', { extend: 'a:b' }, '/extend'],
    ['a base that is no id', { extends: 'base' }, '/extends'],
    ['a base that is no text', { extends: 1 }, '/extends'],
    ['mixins that are no array', { mixins: 'a:b' }, '/mixins'],
    ['too many mixins', { mixins: Array.from({ length: 21 }, () => 'a:b') }, '/mixins'],
    ['another validation', { validation: 'strict' }, '/validation'],
    ['features that are no object', { features: [] }, '/features'],
    ['a feature that is none', { features: { a: 1 } }, '/features/a'],
    [
      'a rule that is not known',
      { features: { a: { properties: { p: { min: 1 } } } } },
      '/features/a/properties/p/min',
    ],
    [
      'a unit that is no text',
      { features: { a: { properties: { p: { unit: 1 } } } } },
      '/features/a/properties/p/unit',
    ],
    ['a schema that cannot be used', { features: { a: { schema: { type: 'x' } } } }, '/type'],
    ['a Thing Model that is none', { features: { a: { wot: 'https://example.org/tm' } } }, '/features/a/wot'],
    [
      'a unit that is none',
      { features: { a: { wot: { properties: { b: { unit: 5 } } } } } },
      '/features/a/wot/properties/b/unit',
    ],
    [
      'no list of what is required',
      { features: { a: { wot: { 'tm:required': 'b' } } } },
      '/features/a/wot/tm:required',
    ],
    [
      'a requirement that is none',
      { features: { a: { wot: { 'tm:required': [5] } } } },
      '/features/a/wot/tm:required/0',
    ],
  ])('is refused with %s', (_name, model: JsonValue, where) => {
    expect(() => parseTypeModel(model)).toThrow(expect.objectContaining({ status: 400 }) as Error);
    expect(() => parseTypeModel(model)).toThrow(where);
  });

  it('takes `__proto__` for the name of a feature', () => {
    const model = parseTypeModel(parseJson('{"features":{"__proto__":{"required":true}}}'));
    expect(compileRules({ validation: 'reject', attributes: [], features: model.features }).violations({})).toEqual([
      { pointer: '/features/__proto__', keyword: 'feature', message: 'must be there' },
    ]);
  });

  it('names types with and without a range', () => {
    expect(parseTypeReference('a:b@1.x')).toMatchObject({ typeId: 'a:b', range: { text: '1.x' } });
    expect(parseTypeReference('a:b')).toMatchObject({ typeId: 'a:b', range: undefined });
    expect(parseTypeReference('a:b@home')).toMatchObject({ typeId: 'a:b@home', range: undefined });
  });
});

describe('a type over its base', () => {
  const base = typeOf(
    'x:base',
    { definition: 'x:base:1.0.0', features: { speed: { properties: { value: 1, unit: 'm/s' } }, old: {} } },
    {
      ...speed({ properties: { value: { type: 'number' } } }, { properties: { value: { reset: true, unit: 'm/s' } } }),
      validation: 'warn',
    },
  );
  const own = typeOf(
    'x:own',
    { features: { speed: { properties: { unit: 'km/h' } }, old: null } },
    speed({ properties: { value: { maximum: 9 } } }, { properties: { value: { unit: 'km/h' } } }),
  );

  it('wins value by value, and takes away with null', () => {
    const type = layOver(base, own, 'reject');
    expect(type).toMatchObject({
      typeId: 'x:own',
      definition: 'x:base:1.0.0',
      attributes: { name: 'x:own' },
      lineage: ['x:base', 'x:own'],
    });
    expect(type.features).toEqual({ speed: { properties: { value: 1, unit: 'km/h' } } });
    expect(type.attributes).toEqual({ name: 'x:own' });
    expect(type.rules.validation).toBe('reject');
    expect(layOver(base, own).rules.validation).toBe('warn');
  });

  it('holds twins to its schemas and those of the base', () => {
    const rules = compileRules(layOver(base, own).rules);
    expect(rules.violations(twin({ value: 10 })).map(({ keyword }) => keyword)).toEqual(['maximum']);
    expect(rules.violations(twin({ value: 'x' })).map(({ keyword }) => keyword)).toEqual(['type']);
    expect(rules.violations(twin({ value: 9 }))).toEqual([]);
  });

  it('is the same after it was written and read', () => {
    const type = layOver(base, own, 'reject');
    const read = parseEffectiveType(type.typeId, parseJson(JSON.stringify(effectiveTypeJson(type))));
    expect(read).toEqual(type);
  });
});

describe('a new twin', () => {
  it('keeps what the type has, and begins with initial values; what is reset begins with its default or null', () => {
    const type = typeOf(
      'x:t',
      {
        features: {
          f: {
            definition: ['a:b:1'],
            properties: { unit: 'm', limit: 5, last: { at: 1 }, mode: 'x' },
            desiredProperties: { last: 2 },
          },
        },
      },
      {
        features: {
          f: {
            properties: {
              last: { reset: true },
              mode: { reset: true, default: 'idle' },
              count: { initial: 0 },
              gain: { default: 1 },
              odd: { reset: true },
            },
          },
          empty: { required: true },
          unseen: { properties: { p: { unit: 'm' } } },
        },
      },
    );
    expect(instanceFeatures(type)).toEqual({
      f: {
        definition: ['a:b:1'],
        properties: { unit: 'm', limit: 5, last: { at: null }, mode: 'idle', count: 0, gain: 1 },
        desiredProperties: { last: null },
      },
      empty: {},
    });
  });
});

describe('violations', () => {
  const rules = (model: JsonObject) => compileRules(typeOf('x:t', {}, model).rules);

  it('name the pointer in the thing', () => {
    const found = rules({
      attributes: { schema: { required: ['serial'], additionalProperties: { type: 'string' } } },
      features: {
        'a/b': { required: true, schema: { required: ['v'], properties: { v: { items: { type: 'number' } } } } },
        c: { required: true },
      },
    }).violations({ attributes: { type: 'x:t', name: 1 }, features: { 'a/b': { properties: { v: [1, 'x'] } } } });
    expect(found.map(({ pointer, keyword }) => [pointer, keyword])).toEqual([
      ['/attributes/name', 'type'],
      ['/attributes', 'required'],
      ['/features/a~1b/properties/v/1', 'type'],
      ['/features/c', 'feature'],
    ]);
  });

  it('leave properties alone that are reset and have no value yet', () => {
    const held = rules(
      speed(
        {
          required: ['value'],
          properties: {
            value: { type: 'number' },
            gps: { required: ['lat'], properties: { lat: { type: 'number' } } },
          },
        },
        { properties: { value: { reset: true }, gps: { reset: true } } },
      ),
    );
    expect(held.violations(twin({ value: null, gps: { lat: null } }))).toEqual([]);
    expect(held.violations(twin({ value: 'x', gps: { lat: null } }))).toHaveLength(1);
  });

  it('come from a Thing Model, too', () => {
    const held = rules({
      features: {
        speed: {
          wot: {
            '@type': 'tm:ThingModel',
            properties: { value: { type: 'number', unit: 'm/s', maximum: 5, forms: [] } },
            'tm:required': ['#/properties/value'],
          },
        },
      },
    });
    expect(held.violations(twin({ value: 6 })).map(({ keyword }) => keyword)).toEqual(['maximum']);
    expect(held.violations(twin({})).map(({ keyword }) => keyword)).toEqual(['required']);
  });

  it('are new when a change brings them, not when they were there before', () => {
    const held = rules({ features: { speed: { schema: { properties: { a: { maximum: 1 }, b: { maximum: 1 } } } } } });
    const before = twin({ a: 5, b: 0 });
    expect(newViolations(held, twin({ a: 5, b: 1 }), before)).toEqual([]);
    expect(newViolations(held, twin({ a: 5, b: 2 }), before).map(({ pointer }) => pointer)).toEqual([
      '/features/speed/properties/b',
    ]);
    expect(newViolations(held, twin({ a: 6, b: 0 }), before).map(({ pointer }) => pointer)).toEqual([
      '/features/speed/properties/a',
    ]);
    expect(newViolations(held, twin({ a: 5, b: 0 }), undefined)).toHaveLength(1);
  });
});
