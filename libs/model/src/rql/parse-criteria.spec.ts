import fc from 'fast-check';
import type { Criteria, RqlProperty, RqlValue } from './criteria.js';
import { GemelError } from '../errors/index.js';
import { JsonPointerInvalid } from '../json/index.js';
import { RqlExpressionInvalid } from './errors.js';
import { formatCriteria } from './format-criteria.js';
import { parseCriteria, parseFilter } from './parse-criteria.js';
import { propertiesOf } from './properties-of.js';
import { explainSyntax } from './syntax/explain-syntax.js';
import { filterGrammar } from './syntax/filter-grammar.js';

/** The error that a query is answered with; undefined when it is fine. */
function refusal(text: string): ReturnType<GemelError['toJson']> | undefined {
  try {
    parseCriteria(text);
    return undefined;
  } catch (error) {
    if (error instanceof GemelError) return error.toJson();
    throw error;
  }
}

describe('RQL queries', () => {
  it.each<[string, Criteria]>([
    ['eq(thingId,"a:b")', { op: 'eq', property: ['thingId'], value: 'a:b' }],
    ["ne(/attributes/a~1b/c,'it\\'s')", { op: 'ne', property: ['attributes', 'a/b', 'c'], value: "it's" }],
    ['gt(attributes/x,-1.50)', { op: 'gt', property: ['attributes', 'x'], value: -1.5 }],
    ['ge(attributes/x,+7 )', { op: 'ge', property: ['attributes', 'x'], value: 7 }],
    ['eq(attributes/a b,true )', { op: 'eq', property: ['attributes', 'a b'], value: true }],
    ['eq(attributes/_parents,null)', { op: 'eq', property: ['attributes', '_parents'], value: null }],
    ['lt(_modified,time:now-1h[m])', { op: 'lt', property: ['_modified'], value: { time: 'now-1h[m]' } }],
    [
      'in(features/*/properties/x,1,"two" ,false)',
      { op: 'in', property: ['features', '*', 'properties', 'x'], values: [1, 'two', false] },
    ],
    ['like(definition,"*\\u0041\\n\\/")', { op: 'like', property: ['definition'], pattern: '*A\n/' }],
    ['exists(attributes/a\\u002cb\\u0029)', { op: 'exists', property: ['attributes', 'a,b)'] }],
    ['empty(topic:action)', { op: 'empty', property: ['topic:action'] }],
    [' not(exists(features/x))', { op: 'not', operand: { op: 'exists', property: ['features', 'x'] } }],
    [
      'or(exists(features/x), exists(attributes/y))',
      {
        op: 'or',
        operands: [
          { op: 'exists', property: ['features', 'x'] },
          { op: 'exists', property: ['attributes', 'y'] },
        ],
      },
    ],
  ])('reads %s', (text, criteria) => expect(parseCriteria(text)).toEqual(criteria));

  /** As Ditto 3.9 words them: what is there, what was expected, and a caret below the place. */
  it.each([
    ['', 'Unexpected end of input, expected WhiteSpace or Query (line 1, column 1):\n\n^'],
    ['foo(thingId)', "Invalid input 'f', expected WhiteSpace or Query (line 1, column 1):\nfoo(thingId)\n^"],
    ['eq (thingId,1)', "Invalid input ' ', expected '(' (line 1, column 3):\neq (thingId,1)\n  ^"],
    [
      'eq(thingId, 1)',
      "Invalid input ' ', expected DoubleLiteral, LongLiteral, StringLiteral, StringSingleQuoteLiteral, " +
        "PlaceholderLiteral, 't', 'f' or 'n' (line 1, column 12):\neq(thingId, 1)\n           ^",
    ],
    [
      'eq(thingId)',
      "Invalid input ')', expected NormalChar, '\\' or ',' (line 1, column 11):\neq(thingId)\n          ^",
    ],
    [
      'eq(attributes/x,1e5)',
      "Invalid input 'e', expected Digits, Frac, WhiteSpace or ')' (line 1, column 18):\neq(attributes/x,1e5)\n                 ^",
    ],
    [
      'eq(attributes/x,007)',
      "Invalid input '0', expected Frac, WhiteSpace or ')' (line 1, column 18):\neq(attributes/x,007)\n                 ^",
    ],
    [
      'eq(attributes/x,-0)',
      "Invalid input ')', expected Frac (line 1, column 19):\neq(attributes/x,-0)\n                  ^",
    ],
    [
      'eq(attributes/x,"a)',
      "Unexpected end of input, expected NormalCharInQuotes, '\\' or ws (line 1, column 20):\neq(attributes/x,\"a)\n                   ^",
    ],
    [
      'eq(attributes/x,"\\x")',
      "Invalid input 'x', expected QuoteBackslashSlash, 'b', 'f', 'n', 'r', 't' or Unicode (line 1, column 19):\neq(attributes/x,\"\\x\")\n                  ^",
    ],
    [
      'eq(attributes/x,"\\u00g0")',
      'Invalid input \'g\', expected HexDigit (line 1, column 22):\neq(attributes/x,"\\u00g0")\n                     ^',
    ],
    [
      'and()',
      "Invalid input ')', expected SingleComparisonOp, MultiComparisonOp, MultiLogicalOp, SingleLogicalOp, " +
        'ExistsOp or EmptyOp (line 1, column 5):\nand()\n    ^',
    ],
    [
      'and(eq(attributes/x,1) ,eq(attributes/x,true))',
      "Invalid input ' ', expected ws or ')' (line 1, column 23):\nand(eq(attributes/x,1) ,eq(attributes/x,true))\n                      ^",
    ],
    [
      'and(eq(attributes/x,1),\neq(attributes/x,tru))',
      "Invalid input ')', expected 'e' (line 2, column 20):\neq(attributes/x,tru))\n                   ^",
    ],
    [
      'exists(attributes/x))',
      "Invalid input ')', expected 'EOI' (line 1, column 21):\nexists(attributes/x))\n                    ^",
    ],
    ['eq(,1)', "There is no property ''."],
    ['eq(/attribute/x,1)', "There is no property 'attribute/x'."],
    ['exists(attributes)', "There is no property 'attributes'."],
    ['exists(features/lamp/color)', "There is no property 'features/lamp/color'."],
    ['eq(features/lamp,1)', "There is no property 'features/lamp'."],
    ['eq(features/lamp/properties,1)', "There is no property 'features/lamp/properties'."],
    ['eq(_policy/entries,1)', "There is no property '_policy/entries'."],
    ['and(eq(nope,1),like(thingId,5))', "There is no property 'nope'."],
    ['like(thingId,5)', "'like' takes a text."],
    ['ilike(thingId,null)', "'ilike' takes a text."],
    ['eq(nope,99999999999999999999)', 'The expression cannot be read: 99999999999999999999 is beyond 64 bits.'],
    ['eq(attributes/x,time:)', 'The expression cannot be read: a placeholder lacks its name.'],
    ['eq(attributes/x,time:later)', "There is no placeholder 'time:later'."],
    [`eq(attributes/x,${'9'.repeat(400)}.0)`, 'The expression cannot be read: a number is too large.'],
  ])('refuses %j', (text, message) => {
    expect(refusal(text)).toEqual({
      status: 400,
      error: 'rql.expression.invalid',
      message,
      description: 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).',
    });
  });

  it('refuses a property that is no pointer', () => {
    expect(() => parseCriteria('eq(attributes//x,1)')).toThrow(JsonPointerInvalid);
  });

  it('knows placeholders as properties only where there are some', () => {
    for (const property of ['topic:action', 'resource:path', 'time:now']) {
      expect(() => parseCriteria(`exists(${property})`, { placeholders: false })).toThrow(
        `There is no property '${property}'.`,
      );
    }
    expect(parseCriteria('gt(_modified,time:now-1h)', { placeholders: false })).toHaveProperty('op', 'gt');
  });

  it.each(['thingId', 'policyId', 'definition', 'namespace', '_revision', '_created', '_modified', '_metadata/x'])(
    'knows %s',
    (property) => expect(parseCriteria(`ne(${property},1)`)).toHaveProperty('property', property.split('/')),
  );

  it.each([
    ['exists(features/lamp/properties/)', ['features', 'lamp', 'properties']],
    ['exists(features/*)', ['features', '*']],
    ['empty(features/*/desiredProperties)', ['features', '*', 'desiredProperties']],
    ['eq(features/lamp/definition/,"a:b:c")', ['features', 'lamp', 'definition']],
    ['eq(features/lamp/desiredProperties/a/b,1)', ['features', 'lamp', 'desiredProperties', 'a', 'b']],
  ])('knows the parts of a feature: %s', (text, property) =>
    expect(parseCriteria(text)).toHaveProperty('property', property),
  );

  it('refuses what is nested too deeply or too long', () => {
    const nested = (levels: number): string => 'not('.repeat(levels) + 'exists(features/x)' + ')'.repeat(levels);
    expect(parseCriteria(nested(99))).toHaveProperty('op', 'not');
    expect(() => parseCriteria(nested(100))).toThrow('too deeply');
    expect(() => parseCriteria('not('.repeat(20_000))).toThrow('too deeply');
    expect(() => parseCriteria(`eq(thingId,"${'x'.repeat(200_000)}")`)).toThrow('too long');
  });

  it('joins the queries of a filter by and', () => {
    const a: Criteria = { op: 'exists', property: ['attributes', 'a'] };
    const b: Criteria = { op: 'exists', property: ['attributes', 'b'] };
    expect(parseFilter('exists(attributes/a)')).toEqual(a);
    expect(parseFilter('exists(attributes/a),exists(attributes/b)')).toEqual({ op: 'and', operands: [a, b] });
    expect(parseFilter(['exists(attributes/a), exists(attributes/b)', 'exists(attributes/a)'])).toEqual({
      op: 'and',
      operands: [a, b, a],
    });
    expect(() => parseFilter('')).toThrow(RqlExpressionInvalid);
    expect(() => parseFilter([])).toThrow(RqlExpressionInvalid);
    expect(() => parseFilter('exists(attributes/a),')).toThrow("expected 'EOI' (line 1, column 21)");
  });

  it('tells the properties that criteria look at once each', () => {
    const criteria = parseCriteria('and(eq(thingId,"x"),or(exists(attributes/a),not(in(/attributes/a,1,2))))');
    expect(propertiesOf(criteria)).toEqual([['thingId'], ['attributes', 'a']]);
  });

  it('accepts exactly what the grammar accepts, and fails only by its own errors', () => {
    const whole = fc.constantFrom(
      ...['eq(attributes/x,-1.50)', 'in(attributes/x,1,"two",false,null)', 'like(definition,"*\\u0041\\n")'],
      ...['and(eq(attributes/x,true), or(exists(attributes/y),not(empty(attributes/z))))', "ne(thingId,'it\\'s')"],
    );
    const piece = fc.constantFrom(
      ...['and(', 'not(', 'eq(', 'thingId', ',', ')', '"', "'", '\\', '1', '-', ' ', '0', '.'],
    );
    const broken = fc.tuple(whole, piece, fc.nat(), fc.nat(2)).map(([text, other, at, removed]) => {
      const position = at % (text.length + 1);
      return text.slice(0, position) + other + text.slice(position + removed);
    });
    const loose = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))).map((pieces) => pieces.join(''));
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(broken, loose), (text) => {
        const fault = explainSyntax(filterGrammar, text);
        if (fault === undefined) accepted++;
        const refused = refusal(text);
        if (fault !== undefined) expect(refused?.message).toBe(fault);
        else
          expect(refused?.message ?? '').toMatch(
            /^($|There is no|'i?like' takes|The expression cannot|'.*' is not a JSON pointer)/,
          );
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(anyCriteria, (criteria) => {
        expect(parseCriteria(formatCriteria(criteria))).toEqual(criteria);
      }),
    );
  });
});

const segment = fc.oneof(
  fc.string({ minLength: 1, maxLength: 5, unit: 'binary' }),
  fc.constantFrom('__proto__', 'a~b', 'a/b', ',)"\\', '(', '*'),
);
const property: fc.Arbitrary<RqlProperty> = fc.oneof(
  fc.constantFrom<RqlProperty>(
    ['thingId'],
    ['namespace'],
    ['_modified'],
    ['features', '*', 'properties', 'x'],
    ['features', 'a,b', 'definition'],
    ['time:now'],
  ),
  fc
    .tuple(fc.constantFrom('attributes', '_metadata'), fc.array(segment, { minLength: 1, maxLength: 3 }))
    .map(([root, path]) => [root, ...path]),
);
const value: fc.Arbitrary<RqlValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.string({ unit: 'binary' }),
  fc.constantFrom({ time: 'now' }, { time: 'now_epoch_millis-1h[d]' }),
);
const predicate: fc.Arbitrary<Criteria> = fc.oneof(
  fc.record({ op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), property, value }),
  fc.record({ op: fc.constantFrom('like', 'ilike'), property, pattern: fc.string() }),
  fc.record({ op: fc.constant('in'), property, values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ op: fc.constantFrom('exists', 'empty'), property }),
);
const anyCriteria = fc.letrec<{ criteria: Criteria }>((tie) => ({
  criteria: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    predicate,
    fc.record({ op: fc.constant('not'), operand: tie('criteria') }),
    fc.record({
      op: fc.constantFrom('and', 'or'),
      operands: fc.array(tie('criteria'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).criteria;
