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
const AT_LEAST_ONE = "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.";
const CURSOR = "The option 'cursor' cannot be used in this search.";

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
    ['size(99999999999)', 'The options cannot be read: 99999999999 is too large.'],
    ['sort(+attributes//b)', "The options cannot be read: 'attributes//b' is not a JSON pointer."],
  ])('refuses %j as it is written', (text, message) => {
    expect(refusal(text)).toEqual([OPTION, message, AT_LEAST_ONE]);
  });

  it.each([
    ['size(0)', "The option 'size' is a whole number above 0.", AT_LEAST_ONE],
    ['size(1),size(2)', "The option 'size' is given more than once.", AT_LEAST_ONE],
    ['size(1000)', "'size' is 1,000; 200 is the most.", AT_LEAST_ONE],
    ['limit(0,201)', "'limit' is 201; 200 is the most.", AT_LEAST_ONE],
    ['limit(0,-1)', "'limit' is -1; it may not be below 0.", AT_LEAST_ONE],
    ['limit(-1,5)', "'skip' is -1; it may not be below 0.", AT_LEAST_ONE],
    ['sort(+)', "There is no property ''.", AT_LEAST_ONE],
    ['sort(+/attribute/x)', "There is no property 'attribute/x'.", AT_LEAST_ONE],
    ['sort(+features/lamp)', "There is no property 'features/lamp'.", AT_LEAST_ONE],
    ['cursor(a),cursor(b)', CURSOR, 'It is given more than once.'],
    ['cursor(a),limit(0,5)', CURSOR, "It does not go together with the option 'limit'."],
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
        if (fault !== undefined) expect(told).toEqual(expect.arrayContaining([OPTION, fault]));
        else expect(told === undefined || Array.isArray(told)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
