import { HeaderInvalid, parseIfEqual, parsePatchConditions } from './index.js';

describe('the header if-equal', () => {
  it.each([
    [undefined, undefined],
    ['update', 'update'],
    [' Skip ', 'skip'],
    ['skip-minimizing-merge', 'skip-minimizing-merge'],
  ])('%j means %j', (text, mode) => expect(parseIfEqual(text)).toBe(mode));

  it.each(['', 'no', 'skip update'])('cannot be %j', (text) => {
    expect(() => parseIfEqual(text)).toThrow(HeaderInvalid);
  });
});

describe('the header merge-thing-patch-conditions', () => {
  it('holds pointers and expressions', () => {
    expect(parsePatchConditions(undefined)).toBeUndefined();
    expect(parsePatchConditions('{"/a/b~1c":"eq(attributes/a,1)","d":"x","__proto__":"y"}')).toEqual([
      [['a', 'b/c'], 'eq(attributes/a,1)'],
      [['d'], 'x'],
      [['__proto__'], 'y'],
    ]);
  });

  it.each(['', '[]', '"a"', 'null', '{"a":1}', '{"a":null}', '{"a//b":"x"}', '{"~2":"x"}', '{'])(
    'cannot be %j',
    (text) => {
      expect(() => parsePatchConditions(text)).toThrow(HeaderInvalid);
    },
  );
});
