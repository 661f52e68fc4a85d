import fc from 'fast-check';
import { HeaderInvalid } from '../../headers/index.js';
import { parsePointer, valueAt } from '../../json/index.js';
import type { JsonObject } from '../../json/index.js';
import { deleteMetadata, pickMetadata, putMetadata } from './index.js';

const CONTENT = {
  thingId: 'org.example:car',
  policyId: 'org.example:car',
  attributes: { maker: 'ACME', place: { city: 'Bern', zip: [1, 2] } },
  features: {
    lamp: { definition: ['a:b:1'], properties: { color: { r: 1, g: 2 }, on: true }, desiredProperties: { on: false } },
    gps: { properties: { on: true } },
  },
};

const put = (keys: Readonly<Record<string, unknown>>, path = '/', metadata?: JsonObject) =>
  putMetadata(
    metadata,
    Object.entries(keys).map(([key, value]) => ({ key: parsePointer(key), value: value as JsonObject })),
    { path: parsePointer(path), content: CONTENT },
  );

const pick = (metadata: JsonObject, keys: string, path = '/') =>
  pickMetadata(metadata, keys.split(',').map(parsePointer), { path: parsePointer(path), content: CONTENT });

const remove = (metadata: JsonObject, keys: string, path = '/') =>
  deleteMetadata(metadata, keys.split(',').map(parsePointer), { path: parsePointer(path), content: CONTENT });

describe('putMetadata', () => {
  it('sets absolute keys, whether the part is there or not, beside what is there', () => {
    const before = put({ 'attributes/maker/by': 1, 'attributes/new/by': 2 });
    expect(put({ '/attributes/maker/at': 3 }, '/', before)).toEqual({
      attributes: { maker: { by: 1, at: 3 }, new: { by: 2 } },
    });
  });

  it('sets a key on all leaves, specific keys winning whatever their order', () => {
    expect(put({ 'attributes/maker/k': 'own', '*/k': 'all' })).toEqual({
      thingId: { k: 'all' },
      policyId: { k: 'all' },
      attributes: { maker: { k: 'own' }, place: { city: { k: 'all' }, zip: { k: 'all' } } },
      features: {
        lamp: {
          definition: { k: 'all' },
          properties: { color: { r: { k: 'all' }, g: { k: 'all' } }, on: { k: 'all' } },
          desiredProperties: { on: { k: 'all' } },
        },
        gps: { properties: { on: { k: 'all' } } },
      },
    });
  });

  const K = { k: 1 };
  it.each([
    ['/', 'attributes/*/k', { attributes: { maker: K, place: K } }],
    ['/', 'features/*/definition/k', { features: { lamp: { definition: K }, gps: { definition: K } } }],
    [
      '/',
      'features/*/properties/*/k',
      { features: { lamp: { properties: { color: K, on: K } }, gps: { properties: { on: K } } } },
    ],
    [
      '/',
      'features/*/properties/on/k',
      { features: { lamp: { properties: { on: K } }, gps: { properties: { on: K } } } },
    ],
    ['/', 'features/lamp/desiredProperties/*/k', { features: { lamp: { desiredProperties: { on: K } } } }],
    ['/features', '*/properties/*/k', { lamp: { properties: { color: K, on: K } }, gps: { properties: { on: K } } }],
    ['/features', 'lamp/properties/*/k', { lamp: { properties: { color: K, on: K } } }],
    ['/features', '*/definition/k', { lamp: { definition: K }, gps: { definition: K } }],
    ['/features/lamp', 'properties/*/k', { properties: { color: K, on: K } }],
    ['/features/lamp/properties', '*/k', { color: { r: K, g: K }, on: K }],
    ['/features/lamp/properties/color', '*/k', { r: K, g: K }],
    ['/attributes', '*/k', { maker: K, place: { city: K, zip: K } }],
    ['/attributes/maker', '*/k', K],
    ['/attributes/absent', '*/k', {}],
  ])('at %s lets %s stand for what is there', (path, key, expected) => {
    expect(put({ [key]: 1 }, path)).toEqual(expected);
  });

  it.each([
    ['/', '*/*/k'],
    ['/', 'attributes/*/*'],
    ['/', 'attributes/a/*/k'],
    ['/', 'features/*/k'],
    ['/', 'features/*/other/*/k'],
    ['/', 'features/lamp/*/k'],
    ['/', 'features/lamp/properties/on/*/k'],
    ['/', 'features/*/properties/*/*/k'],
    ['/features', '*/k'],
    ['/features', 'features/*/properties/*/k'],
    ['/features/lamp', '*/k'],
    ['/features/lamp', 'properties/on/*/k'],
    ['/attributes', 'maker/*/k'],
    ['/attributes', '*/*/k'],
  ])('at %s refuses the wildcard %s', (path, key) => {
    expect(() => put({ [key]: 1 }, path)).toThrow(HeaderInvalid);
    expect(() => pick({}, key, path)).toThrow(HeaderInvalid);
    expect(() => remove({ a: 1 }, key, path)).toThrow(HeaderInvalid);
  });
});

describe('pickMetadata', () => {
  const all = put({ '*/k': 1, 'attributes/note': 'x', 'features/lamp/properties/color/unit': 'rgb' });

  it('gives everything for the single wildcard, and nothing for what is not there', () => {
    expect(pick(all, '*')).toEqual(all);
    expect(pick(all, 'attributes/maker/z,nothing')).toEqual({});
  });

  it('gives parts in their places', () => {
    expect(pick(all, 'attributes/maker,features/lamp/properties/*/unit')).toEqual({
      attributes: { maker: { k: 1 } },
      features: { lamp: { properties: { color: { unit: 'rgb' } } } },
    });
  });
});

describe('deleteMetadata', () => {
  it('leaves no empty objects behind', () => {
    const all = put({ '*/k': 1, 'attributes/maker/note': 'x' });
    expect(remove(all, '*/k')).toEqual({ attributes: { maker: { note: 'x' } } });
    expect(remove(all, '*')).toEqual({});
  });

  it('undoes what was put, with any wildcard', () => {
    const keys = fc.constantFrom(
      '*/k',
      'attributes/*/k',
      'features/*/properties/*/k',
      'features/*/properties/on/k',
      'features/lamp/properties/*/k',
      'features/*/definition/k',
      'attributes/absent/k',
    );
    fc.assert(
      fc.property(keys, fc.jsonValue(), (key, value) => {
        const metadata = put({ [key]: JSON.parse(JSON.stringify(value)) as unknown });
        expect(pick(metadata, key)).toEqual(metadata);
        expect(remove(metadata, key)).toEqual({});
      }),
    );
  });

  it('takes hostile keys for keys', () => {
    const metadata = put({ 'attributes/__proto__/constructor': 1 });
    expect(valueAt(metadata, ['attributes', '__proto__', 'constructor'])).toBe(1);
    expect(pick(metadata, 'attributes/toString')).toEqual({});
    expect(remove(metadata, 'attributes/__proto__')).toEqual({});
  });
});
