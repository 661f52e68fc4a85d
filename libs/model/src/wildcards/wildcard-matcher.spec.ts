import fc from 'fast-check';
import { wildcardMatcher } from './wildcard-matcher.js';

/** Obviously right, exponentially slow. */
function reference(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return reference(text, pattern.slice(1)) || (text !== '' && reference(text.slice(1), pattern));
  }
  const first = pattern.charAt(0);
  return text !== '' && (first === '?' || text.startsWith(first)) && reference(text.slice(1), pattern.slice(1));
}

describe('wildcard patterns', () => {
  it('agree with the reference', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(text, pattern, (text, pattern) => {
        expect(wildcardMatcher(pattern)(text)).toBe(reference(text, pattern));
      }),
      { numRuns: 2_000 },
    );
  });

  it('agree with the reference beyond 32 characters', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 60, maxLength: 70 });
    fc.assert(
      fc.property(text, fc.nat(59), fc.nat(69), (text, wildcard, star) => {
        const pattern = `${text.slice(0, wildcard)}?${text.slice(wildcard + 1)}`;
        const matches = wildcardMatcher(`${pattern.slice(0, star)}*${pattern.slice(star)}`);
        expect(matches(text)).toBe(true);
        expect(matches(`${text.slice(0, star)}aabb${text.slice(star)}`)).toBe(true);
        expect(matches(`${text}c`)).toBe(star >= text.length);
      }),
    );
  });

  it('count an astral character as one', () => {
    expect(wildcardMatcher('a?b')('a😀b')).toBe(true);
    expect(wildcardMatcher('a??b')('a😀b')).toBe(false);
  });

  it('match as the regular expression they stand for', () => {
    const short = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 });
    fc.assert(
      fc.property(short('ab'), short('ab*?'), (text, pattern) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        expect(wildcardMatcher(pattern)(text)).toBe(expected);
      }),
    );
  });

  it('take a hostile pattern in their stride', () => {
    expect(wildcardMatcher(`${'*a'.repeat(2_000)}b`)('a'.repeat(5_000))).toBe(false);
  });

  it.each([
    `*${'a?'.repeat(2_000)}b`,
    `*b${'a'.repeat(4_000)}*`,
    `${'*a'.repeat(2_000)}*b`,
    `${'*?a'.repeat(1_000)}*b`,
  ])('never go back in a long text (%#)', (pattern) => {
    const started = performance.now();
    expect(wildcardMatcher(pattern)('a'.repeat(100_000))).toBe(false);
    // Going back would take minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
