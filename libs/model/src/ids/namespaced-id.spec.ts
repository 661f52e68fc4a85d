import { nameOf, namespaceOf, parsePolicyId, parseThingId } from './namespaced-id.js';

describe('namespaced ids', () => {
  it.each(['a:b', ':b', 'a.b-c:d', 'a:b:c', 'a: spaced ', 'a:日本', 'a:😀', `a:${'x'.repeat(254)}`])(
    'takes %s',
    (text) => {
      expect(parseThingId(text)).toBe(text);
      expect(parsePolicyId(text)).toBe(text);
      expect(`${namespaceOf(parseThingId(text))}:${nameOf(parseThingId(text))}`).toBe(text);
    },
  );

  it.each([
    '',
    'a',
    'a:',
    '1a:b',
    'a..b:c',
    'a.1:b',
    'a:b/c',
    'a:\u0000',
    'a:ü',
    'a b:c',
    'a:\uD800',
    `a:${'x'.repeat(255)}`,
  ])('refuses %j', (text) => {
    expect(() => parseThingId(text)).toThrow(expect.objectContaining({ code: 'things:id.invalid', status: 400 }));
    expect(() => parsePolicyId(text)).toThrow(expect.objectContaining({ code: 'policies:id.invalid', status: 400 }));
  });
});
