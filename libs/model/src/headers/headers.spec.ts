import { headerText, headerValue } from './headers.js';

describe('headers', () => {
  it('finds a header whatever its case and prefers the exact spelling', () => {
    expect(headerValue({ 'Correlation-ID': 'a' }, 'correlation-id')).toBe('a');
    expect(headerValue({ 'Correlation-ID': 'a', 'correlation-id': 'b' }, 'correlation-id')).toBe('b');
    expect(headerValue({}, '__proto__')).toBeUndefined();
  });

  it.each([
    ['text', 'text'],
    [1, '1'],
    [false, 'false'],
    [['a', 2], 'a,2'],
    [{ a: 1 }, undefined],
    [[{}], undefined],
  ])('prints %j as %j', (value, text) => {
    expect(headerText({ X: value }, 'x')).toBe(text);
  });
});
