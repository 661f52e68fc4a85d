import fc from 'fast-check';
import type { Criteria, RqlProperty, RqlValue } from './criteria.js';
import { RqlExpressionInvalid } from './errors.js';
import { formatCriteria } from './format-criteria.js';
import { parseCriteria, parseFilter } from './parse-criteria.js';
import { propertiesOf } from './properties-of.js';

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
      'or(exists(features), exists(attributes))',
      {
        op: 'or',
        operands: [
          { op: 'exists', property: ['features'] },
          { op: 'exists', property: ['attributes'] },
        ],
      },
    ],
  ])('reads %s', (text, criteria) => expect(parseCriteria(text)).toEqual(criteria));

  it.each([
    ['', 0, 'expected one of and, or'],
    ['foo(thingId)', 0, 'expected one of and, or'],
    ['toString(thingId)', 0, 'expected one of and, or'],
    ['eq (thingId,1)', 2, "expected '('"],
    ['eq(thingId, 1)', 11, 'expected a number, a string'],
    ['eq(thingId)', 10, "expected ','"],
    ['eq(,1)', 3, 'expected a property'],
    ['eq(attribute/x,1)', 3, "unknown property 'attribute/x'"],
    ['eq(attributes//x,1)', 3, "unknown property 'attributes//x'"],
    ['eq(_policy/entries,1)', 3, 'unknown property'],
    ['eq(attributes/x,1e5)', 17, "expected ')'"],
    ['eq(attributes/x,007)', 17, "expected ')'"],
    ['eq(attributes/x,-0)', 16, 'expected a number'],
    [`eq(attributes/x,${'9'.repeat(400)})`, 16, 'too large'],
    ['eq(attributes/x,"a)', 19, `expected '"'`],
    ['eq(attributes/x,"\\x")', 18, 'after the backslash'],
    ['eq(attributes/x,"\\u00g0")', 18, 'four hex digits'],
    ['eq(attributes/x,time:later)', 16, "unknown placeholder 'time:later'"],
    ['like(thingId,5)', 13, 'expected a string'],
    ['in(thingId)', 10, "expected ','"],
    ['and()', 4, 'expected one of and, or'],
    ['not(exists(features),exists(features))', 20, "expected ')'"],
    ['exists(features))', 16, 'expected the end'],
    ['exists(features),exists(attributes)', 16, 'expected the end'],
  ])('refuses %s', (text, position, reason) => {
    expect(() => parseCriteria(text)).toThrow(RqlExpressionInvalid);
    expect(() => parseCriteria(text)).toThrow(`at position ${position}: `);
    expect(() => parseCriteria(text)).toThrow(reason);
  });

  it('refuses what is nested too deeply or too long', () => {
    const nested = (levels: number): string => 'not('.repeat(levels) + 'exists(features)' + ')'.repeat(levels);
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
    expect(() => parseFilter('exists(attributes/a),')).toThrow('at position 21');
  });

  it('tells the properties that criteria look at once each', () => {
    const criteria = parseCriteria('and(eq(thingId,"x"),or(exists(attributes/a),not(in(/attributes/a,1,2))))');
    expect(propertiesOf(criteria)).toEqual([['thingId'], ['attributes', 'a']]);
  });

  it('never fails but by its own error', () => {
    const piece = fc.constantFrom(
      'and(',
      'not(',
      'eq(',
      'attributes/x',
      ',',
      ')',
      '"',
      "'",
      '\\',
      '1',
      '-',
      ' ',
      'time:now',
      '*',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))), (pieces) => {
        try {
          parseFilter(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(RqlExpressionInvalid);
        }
      }),
    );
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(anyCriteria, (criteria) => expect(parseCriteria(formatCriteria(criteria))).toEqual(criteria)),
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
    ['time:now'],
  ),
  fc
    .tuple(fc.constantFrom('attributes', 'features'), fc.array(segment, { minLength: 1, maxLength: 3 }))
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
