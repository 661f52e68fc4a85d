import fc from 'fast-check';
import { JsonInvalid } from './errors.js';
import { parseJson } from './parse-json.js';

describe('JSON text', () => {
  it('reads what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    "{'a':1}",
    '{"a":1}x',
    'NaN',
    'undefined',
    '01',
    '1e400',
    '{"a":[-1e999]}',
    '"\u0001"',
  ])('refuses %j', (text) => expect(() => parseJson(text)).toThrow(JsonInvalid));

  it('says what is wrong and where', () => {
    expect(() => parseJson('{"a":1,}')).toThrow('position 7');
  });

  it('refuses nesting that could exhaust the stack', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(nested(100))).toHaveLength(1);
    expect(() => parseJson(nested(101))).toThrow('nested deeper than 100 levels');
    expect(() => parseJson(nested(1_000_000))).toThrow(JsonInvalid);
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow(JsonInvalid);
  });

  it('lets the last of duplicate keys win', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('makes __proto__ an own member', () => {
    const value = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });
});
