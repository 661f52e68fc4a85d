import fc from 'fast-check';
import { GemelError } from '../errors/index.js';
import { explainSyntax } from './syntax/explain-syntax.js';
import { optionsGrammar } from './syntax/options-grammar.js';
import { joinOptions, parseSearchOptions, resolveSearchOptions } from './search-options.js';

const read = (text: string) => resolveSearchOptions(parseSearchOptions(text));

function refusal(text: string): unknown {
  try {
    read(text);
    return undefined;
  } catch (error) {
    return error instanceof GemelError ? [error.code, error.message, error.description] : error;
  }
}

const OPTION = 'thing-search:search.option.invalid';
const AT_LEAST_ONE = 'At least one provided option is invalid.';
const CURSOR = "The option 'cursor' is not valid for the search request.";

describe('search options', () => {
  it.each([
    ['size(200)', { sort: [], size: 200, isSized: true }],
    ['size(007)', { sort: [], size: 7, isSized: true }],
    ['limit(10,5)', { sort: [], size: 5, offset: 10, isSized: false }],
    ['limit(+10 ,5 ),size(3)', { sort: [], size: 3, isSized: true }],
    ['size(3),limit(10,5)', { sort: [], size: 5, offset: 10, isSized: true }],
    [
      'sort(+thingId),sort(-namespace)',
      { sort: [{ direction: 'desc', property: '_namespace' }], size: 25, isSized: false },
    ],
    [
      'sort(-/attributes/a~1b,+thingId, _modified)',
      {
        sort: [
          { direction: 'desc', property: 'attributes/a~1b' },
          { direction: 'asc', property: 'thingId' },
          { direction: 'asc', property: '_modified' },
        ],
        size: 25,
        isSized: false,
      },
    ],
  ])('reads %s', (text, options) => expect(read(text)).toEqual(options));

  it('tells the cursor as it is', () => {
    expect(parseSearchOptions('size(12),cursor(AbC_-9)')).toContainEqual({ name: 'cursor', cursor: 'AbC_-9' });
  });

  it.each([
    ['', 'Unexpected end of input, expected WhiteSpace or Options (line 1, column 1):\n\n^'],
    [')', "Invalid input ')', expected WhiteSpace or Options (line 1, column 1):\n)\n^"],
    ['size(-1)', "Invalid input '-', expected Digits (line 1, column 6):\nsize(-1)\n     ^"],
    ['size(1.5)', "Invalid input '.', expected Digit or ')' (line 1, column 7):\nsize(1.5)\n      ^"],
    ['sort(thingId)', "Invalid input 't', expected Asc or Desc (line 1, column 6):\nsort(thingId)\n     ^"],
    ['toString(1)', "Invalid input 't', expected WhiteSpace or Options (line 1, column 1):\ntoString(1)\n^"],
    [
      'size(1), sort(+thingId)',
      "Invalid input ' ', expected Sort, Limit, Cursor or Size (line 1, column 9):\nsize(1), sort(+thingId)\n        ^",
    ],
    ['limit(1)', "Invalid input ')', expected Digits, WhiteSpace or ',' (line 1, column 8):\nlimit(1)\n       ^"],
    ['size(99999999999)', 'Unknown error during parsing options: For input string: "99999999999"'],
    ['sort(+attributes//b)', 'Unknown error during parsing options: The JSON pointer <attributes//b> is invalid!'],
  ])('refuses %j as it is written', (text, message) => {
    expect(refusal(text)).toEqual([
      'rql.expression.invalid',
      message,
      'Ensure that all opening parentheses have also closing ones and that the RQL expression is valid.',
    ]);
  });

  it.each([
    ['size(0)', "The option 'size' must be a positive integer.", AT_LEAST_ONE],
    ['size(1),size(2)', "There may not be more than 1 'size' option.", AT_LEAST_ONE],
    ['size(1000)', 'Parameter <size> must be less than or equal to <200> but it was <1,000>!', AT_LEAST_ONE],
    ['limit(0,201)', 'Parameter <limit> must be less than or equal to <200> but it was <201>!', AT_LEAST_ONE],
    ['limit(0,-1)', 'Parameter <limit> must be greater than or equal to <0> but it was <-1>!', AT_LEAST_ONE],
    ['limit(-1,5)', 'Parameter <skip> must be greater than or equal to <0> but it was <-1>!', AT_LEAST_ONE],
    ['sort(+)', 'Unknown property name: ', AT_LEAST_ONE],
    ['sort(+/attribute/x)', 'Unknown property name: attribute/x', AT_LEAST_ONE],
    ['sort(+features/lamp)', 'Unknown property name: features/lamp', AT_LEAST_ONE],
    ['cursor(a),cursor(b)', CURSOR, "There may not be more than 1 'cursor' option."],
    ['cursor(a),limit(0,5)', CURSOR, "The options 'cursor' and 'limit' must not be used together."],
    [`cursor(${'x'.repeat(300_000)})`, 'The options are too long.', AT_LEAST_ONE],
  ])('refuses %s', (text, message, description) => expect(refusal(text)).toEqual([OPTION, message, description]));

  it.each([
    [['size(5)'], 'size(5)'],
    [['size(5'], 'size(5)'],
    [['size(5),'], 'size(5)'],
    [['size(5)', 'sort(+thingId,-namespace),cursor(x'], 'size(5),sort(+thingId,-namespace),cursor(x)'],
    [[''], ')'],
    [['),'], ''],
  ])('joins %j as Ditto does', (values, text) => expect(joinOptions(values)).toBe(text));

  it('accept exactly what the grammar accepts', () => {
    const whole = fc.constantFrom('sort(+thingId,-attributes/a)', 'size(10),cursor(AbC)', 'limit(10,5)', 'size(1)');
    const piece = fc.constantFrom(...['(', ')', ',', '+', '-', '0', '7', '\\', '"', 'a', 'size(', 'sort(+', '.']);
    const broken = fc.tuple(whole, piece, fc.nat(), fc.nat(2)).map(([text, other, at, removed]) => {
      const position = at % (text.length + 1);
      return text.slice(0, position) + other + text.slice(position + removed);
    });
    let accepted = 0;
    fc.assert(
      fc.property(broken, (text) => {
        const fault = explainSyntax(optionsGrammar, text);
        if (fault === undefined) accepted++;
        const told = refusal(text);
        if (fault !== undefined) expect(told).toEqual(expect.arrayContaining(['rql.expression.invalid', fault]));
        else expect(told === undefined || Array.isArray(told)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
