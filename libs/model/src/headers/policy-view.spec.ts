import { parsePolicyView } from './policy-view.js';

describe('the header policy-view', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['  ', undefined],
    ['original', 'original'],
    [' Resolved ', 'resolved'],
  ])('%j means %j', (text, view) => expect(parsePolicyView(text)).toBe(view));

  it.each(['effective', 'resolved,original', '__proto__'])('refuses %s', (text) => {
    expect(() => parsePolicyView(text)).toThrow(
      expect.objectContaining({ code: 'policies:view.invalid', status: 400 }),
    );
  });
});
