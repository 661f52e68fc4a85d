import fc from 'fast-check';
import { GemelError } from '../errors/index.js';
import { JsonFieldSelectorInvalid } from './errors.js';
import { parseFieldSelector, selectFields } from './field-selector.js';
import type { JsonObject } from './value.js';

const thing: JsonObject = {
  thingId: 'a:b',
  attributes: { model: 'x', location: { city: 'y', zip: 1 }, empty: {} },
  features: {
    lamp: { definition: ['a:b:1'], properties: { on: true, level: 2 } },
    fan: { properties: { level: 3 } },
  },
};

describe('field selectors', () => {
  it.each([
    ['thingId', { thingId: 'a:b' }],
    ['/thingId', { thingId: 'a:b' }],
    [
      'thingId,attributes(model,location/city)',
      { thingId: 'a:b', attributes: { model: 'x', location: { city: 'y' } } },
    ],
    ['attributes/location(city, zip)', { attributes: { location: { city: 'y', zip: 1 } } }],
    ['attributes(location(city))', { attributes: { location: { city: 'y' } } }],
    ['attributes/empty', { attributes: { empty: {} } }],
    ['attributes/absent', {}],
    ['thingId/x,policyId', {}],
    ['toString,__proto__,constructor', {}],
    [
      'features/*/properties/level',
      { features: { lamp: { properties: { level: 2 } }, fan: { properties: { level: 3 } } } },
    ],
    [
      'features/*/properties/level,features/lamp/definition',
      { features: { lamp: { definition: ['a:b:1'], properties: { level: 2 } }, fan: { properties: { level: 3 } } } },
    ],
    ['features/lamp,features/*/definition', { features: { lamp: (thing['features'] as JsonObject)['lamp'] } }],
    ['attributes/model,attributes', { attributes: thing['attributes'] }],
    ['attributes,attributes/model', { attributes: thing['attributes'] }],
    ['*', thing],
  ])('%s', (text, expected) => expect(selectFields(thing, parseFieldSelector(text))).toEqual(expected));

  it('keeps the order of the object', () => {
    const selected = selectFields(thing, parseFieldSelector('features/fan,thingId'));
    expect(Object.keys(selected)).toEqual(['thingId', 'features']);
  });

  it.each([
    '',
    ',',
    'a,',
    ',a',
    'a(',
    'a(b',
    'a(b))',
    'a)',
    '()',
    'a()',
    '(a)',
    'a(b)c',
    '/',
    'a'.repeat(9_000),
    'a('.repeat(40),
  ])('refuses what is none (%#)', (text) => expect(() => parseFieldSelector(text)).toThrow(JsonFieldSelectorInvalid));

  it('never fails but by a refusal', () => {
    const piece = fc.constantFrom('a', '*', '/', '(', ')', ',', '~', ' ', '__proto__');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          selectFields(thing, parseFieldSelector(pieces.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(GemelError);
        }
      }),
    );
  });
});
