import { javaNumber } from './index.js';

describe('javaNumber', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [42_000, '42,000'],
    [1_234_567, '1,234,567'],
    [256_001 / 1024, '250.001'],
    [250, '250'],
  ])('prints %d as %s', (value, text) => {
    expect(javaNumber(value)).toBe(text);
  });
});
