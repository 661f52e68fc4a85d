import type { JsonObject } from '../json/index.js';
import { compileCriteria } from './compile-criteria.js';
import { parseCriteria } from './parse-criteria.js';

const now = Date.UTC(2024, 1, 29, 12, 0, 0, 500);
const thing: JsonObject = {
  thingId: 'org.acme:lamp-1',
  policyId: 'org.acme:lamps',
  attributes: {
    number: 5,
    text: 'Kitchen',
    flag: true,
    nothing: null,
    tags: ['red', 'green', 3, null],
    none: [],
    blank: '',
    object: { inner: 1 },
    items: [{ price: 1, sizes: [10, 20] }, { price: 7 }, 'loose', [{ price: 99 }]],
    since: '2024-02-29T11:59:00Z',
    millis: now - 1_000,
  },
  features: {
    lamp: { properties: { on: true, level: 3 } },
    fan: { properties: { level: 8, name: '' } },
  },
  _revision: 12,
  _created: '2024-02-28T00:00:00Z',
  _modified: '2024-02-29T12:00:00.500Z',
  'topic:action': 'modified',
};

function matches(text: string, document = thing): boolean {
  return compileCriteria(parseCriteria(text), { now })(document);
}

describe('the meaning of RQL', () => {
  it.each([
    'eq(attributes/number,5)',
    'eq(attributes/number,5.0)',
    'ne(attributes/number,6)',
    'ne(attributes/number,"5")',
    'ne(attributes/object,1)',
    'ne(attributes/nothing,1)',
    'eq(attributes/nothing,null)',
    'ge(attributes/nothing,null)',
    'gt(attributes/number,4.9)',
    'le(attributes/number,5)',
    'lt(attributes/text,"L")',
    'gt(attributes/flag,false)',
    'in(attributes/text,1,"Kitchen")',
    'in(attributes/nothing,1,null)',
    'like(attributes/text,"Kit*")',
    'ilike(attributes/text,"*CHEN")',
    'exists(attributes/nothing)',
    'exists(attributes/object)',
    'not(exists(attributes/absent))',
    'not(ne(attributes/absent,1))',
    'not(eq(attributes/absent,null))',
    'empty(attributes/absent)',
    'empty(attributes/nothing)',
    'empty(attributes/none)',
    'empty(attributes/blank)',
  ])('matches %s', (text) => expect(matches(text)).toBe(true));

  it.each([
    'eq(attributes/number,"5")',
    'eq(attributes/text,"kitchen")',
    'eq(attributes/object,null)',
    'ne(attributes/number,5)',
    'ne(attributes/absent,5)',
    'ne(attributes/nothing,null)',
    'gt(attributes/number,5)',
    'gt(attributes/text,1)',
    'lt(attributes/number,"9")',
    'gt(attributes/nothing,null)',
    'like(attributes/text,"kit*")',
    'like(attributes/number,"5")',
    'exists(attributes/text/length)',
    'exists(attributes/toString)',
    'exists(attributes/__proto__)',
    'empty(attributes/number)',
    'empty(attributes/flag)',
    'empty(attributes/tags)',
    'empty(attributes/object)',
  ])('does not match %s', (text) => expect(matches(text)).toBe(false));

  it.each([
    ['eq(attributes/tags,"green")', true],
    ['eq(attributes/tags,null)', true],
    ['ne(attributes/tags,"blue")', true],
    ['ne(attributes/tags,"red")', false],
    ['ne(attributes/none,1)', true],
    ['gt(attributes/tags,2)', true],
    ['like(attributes/tags,"gr*")', true],
    ['eq(attributes/items/price,7)', true],
    ['ne(attributes/items/price,7)', false],
    ['ne(attributes/items/price,8)', true],
    ['eq(attributes/items/price,99)', false],
    ['eq(attributes/items/sizes,20)', true],
    ['exists(attributes/items/absent)', false],
    ['eq(attributes/tags/0,"red")', false],
  ])('looks into arrays: %s is %s', (text, expected) => expect(matches(text)).toBe(expected));

  it.each([
    ['eq(features/*/properties/level,8)', true],
    ['eq(features/*/properties/level,9)', false],
    ['ne(features/*/properties/level,8)', true],
    ['ne(features/*/properties/on,true)', false],
    ['exists(features/*)', true],
    ['empty(features/*)', false],
    ['empty(features/*/properties/name)', true],
    ['exists(features/lamp)', true],
  ])('asks any feature: %s is %s', (text, expected) => expect(matches(text)).toBe(expected));

  it('finds no feature where there are none', () => {
    expect(matches('empty(features/*)', { thingId: 'a:b', features: null })).toBe(true);
    expect(matches('exists(features/*)', { thingId: 'a:b', features: {} })).toBe(false);
    expect(matches('empty(features/*/properties/x)', { thingId: 'a:b' })).toBe(false);
  });

  it.each([
    ['eq(namespace,"org.acme")', true],
    ['eq(_namespace,"org.acme")', true],
    ['eq(policyId,"org.acme:lamps")', true],
    ['ge(_revision,12)', true],
    ['eq(topic:action,"modified")', true],
    ['exists(resource:path)', false],
    ['eq(definition,null)', false],
  ])('knows %s as %s', (text, expected) => expect(matches(text)).toBe(expected));

  it.each([
    ['ge(_modified,"2024-02-29T12:00:00Z")', true],
    ['eq(_created,"2024-02-28T01:00:00.000+01:00")', true],
    ['le(_modified,time:now)', true],
    ['gt(_modified,time:now)', false],
    ['lt(_created,time:now-1d)', true],
    ['ge(attributes/since,time:now-1m)', false],
    ['ge(attributes/since,time:now-1m[m])', true],
    ['in(attributes/since,time:now-1m[m])', true],
    ['lt(attributes/text,time:now)', false],
    ['ge(attributes/millis,time:now_epoch_millis-1s)', true],
    ['gt(attributes/millis,time:now_epoch_millis-1s)', false],
    ['eq(time:now,"2024-02-29T12:00:00.500Z")', true],
    ['gt(time:now_epoch_millis,1700000000000)', true],
  ])('compares instants: %s is %s', (text, expected) => expect(matches(text)).toBe(expected));

  it('tells twins from types as the dashboards ask it', () => {
    const twin = { attributes: { _isType: false } };
    const type = { attributes: { _isType: true } };
    const plain = { attributes: {} };
    const ask = (text: string): readonly boolean[] => [twin, type, plain].map((document) => matches(text, document));
    expect(ask('ne(attributes/_isType,true)')).toEqual([true, false, false]);
    expect(ask('not(eq(attributes/_isType,true))')).toEqual([true, false, true]);
    expect(ask('or(not(exists(attributes/_parents)),eq(attributes/_parents,null))')).toEqual([true, true, true]);
  });

  it('takes hostile keys for plain keys', () => {
    const hostile = JSON.parse('{"attributes":{"__proto__":{"x":1},"constructor":2}}') as JsonObject;
    expect(matches('eq(attributes/__proto__/x,1)', hostile)).toBe(true);
    expect(matches('eq(attributes/constructor,2)', hostile)).toBe(true);
    expect(matches('exists(attributes/constructor/name)', hostile)).toBe(false);
    expect(matches('exists(attributes/x)', hostile)).toBe(false);
  });
});
