import fc from 'fast-check';

import { matchesWildcards } from './wildcards.js';

describe('wildcards', () => {
  it('match as the regular expression they stand for', () => {
    const short = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 });
    fc.assert(
      fc.property(short('ab'), short('ab*?'), (text, pattern) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        expect(matchesWildcards(text, pattern)).toBe(expected);
      }),
    );
  });

  it('takes a hostile pattern in its stride', () => {
    expect(matchesWildcards('a'.repeat(5_000), `${'*a'.repeat(2_000)}b`)).toBe(false);
  });
});
