import fc from 'fast-check';
import { compileRegex } from './linear-regex.js';

describe('regular expressions', () => {
  it('match what a backtracking matcher does, in random patterns', () => {
    const atoms = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '\\d',
      '[ab]',
      '[^a]',
      '[a-c0-9]',
      '(a|b)',
      '(?:ab|)',
      '^',
      '$',
      '\\.',
      'a{2}',
      '\\bb',
      '1',
    );
    const quantified = fc
      .tuple(atoms, fc.constantFrom('', '', '*', '+', '?', '{0,2}', '{1,}', '*?'))
      .map(([atom, quantifier]) =>
        // JavaScript refuses to repeat an assertion or a repetition.
        /^[\^$]|^\\b|\{2\}$/.test(atom)
          ? atom
          : atom.length > 1 && !/^[([\\]/.test(atom)
            ? `(${atom})${quantifier}`
            : atom + quantifier,
      );
    const patterns = fc.array(fc.oneof(quantified, fc.constant('|')), { maxLength: 6 }).map((parts) => parts.join(''));
    const texts = fc
      .array(fc.constantFrom('a', 'b', 'c', '1', '.', ' ', '\n'), { maxLength: 8 })
      .map((letters) => letters.join(''));
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect({ pattern, text, matches: compileRegex(pattern).test(text) }).toEqual({
          pattern,
          text,
          matches: new RegExp(pattern).test(text),
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['^example:mycar:wheel_[1-4]$', 'example:mycar:wheel_3', true],
    ['^example:mycar:wheel_[1-4]$', 'example:mycar:wheel_5', false],
    ['(?i)CAR', 'mycar', true],
    ['[]a]', ']', true],
    ['a/b', 'xa/b', true],
    ['', '', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(compileRegex(pattern).test(text)).toBe(expected);
  });

  it.each([
    '(',
    ')',
    '[a',
    'a**',
    '*a',
    'a{3,2}',
    'a{1000}',
    '(?=a)',
    '\\1',
    '\\',
    '((a{100}){100}){100}',
    '(((){100}){100}){100}',
    '('.repeat(100),
    'a'.repeat(600),
  ])('refuses %s', (pattern) => {
    expect(() => compileRegex(pattern)).toThrow();
  });

  it('takes no longer for patterns made to make matchers backtrack', () => {
    const text = `${'a'.repeat(4_000)}!`;
    for (const pattern of ['(a+)+$', '(a|a)*$', '(.*a){20}$', '(a?){50}a{50}$']) {
      const started = process.cpuUsage().user;
      compileRegex(pattern).test(text);
      expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
    }
  });

  it.each<[string, string, boolean]>([
    ['2022-.*', '2022-01', true],
    ['2022-.*', 'of 2022-01', false],
    ['a|b', 'ab', false],
    ['a|ab', 'ab', true],
    ['(?i)temp', 'TEMP', true],
    ['', '', true],
    ['', 'a', false],
    ['.*', 'a'.repeat(4_097), false],
  ])('%j matches the whole of %j: %j', (pattern, text, matches) => {
    expect(compileRegex(pattern, 'whole').test(text)).toBe(matches);
  });
});
