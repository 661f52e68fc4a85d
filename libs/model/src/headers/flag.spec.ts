import { HeaderInvalid, parseFlag } from './index.js';

describe('parseFlag', () => {
  it.each([
    ['true', true],
    ['false', false],
    [undefined, undefined],
  ])('reads %j as %j', (text, flag) => {
    expect(parseFlag('response-required', text)).toBe(flag);
  });

  it.each(['', 'TRUE', '1', 'yes', ' true'])('refuses %j', (text) => {
    expect(() => parseFlag('response-required', text)).toThrow(HeaderInvalid);
  });
});
