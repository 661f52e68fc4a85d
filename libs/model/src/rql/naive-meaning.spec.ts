import fc from 'fast-check';
import { isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { compileCriteria } from './compile-criteria.js';
import type { Criteria, RqlProperty, RqlValue } from './criteria.js';

/** The meaning again, by collecting all values of a property: slow and short. */
function meaning(criteria: Criteria, document: JsonObject): boolean {
  if (criteria.op === 'not') return !meaning(criteria.operand, document);
  if ('operands' in criteria) {
    const results = criteria.operands.map((operand) => meaning(operand, document));
    return criteria.op === 'and' ? !results.includes(false) : results.includes(true);
  }
  const { property } = criteria;
  if (property[1] !== '*') return holds(criteria, valuesAt(document, property));
  const features = member(document, 'features');
  const path = property.slice(2);
  return isJsonObject(features) && Object.values(features).some((feature) => holds(criteria, valuesAt(feature, path)));
}

function valuesAt(root: JsonValue, path: RqlProperty): readonly JsonValue[] {
  return path.reduce<readonly JsonValue[]>(
    (values, key) =>
      values.flatMap(elements).flatMap((value) => {
        const found = isJsonObject(value) ? member(value, key) : undefined;
        return found === undefined ? [] : [found];
      }),
    [root],
  );
}

function elements(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
}

function holds(criteria: Extract<Criteria, { property: RqlProperty }>, values: readonly JsonValue[]): boolean {
  const each = values.flatMap(elements);
  switch (criteria.op) {
    case 'exists':
      return values.length > 0;
    case 'empty':
      return values.every((value) => ['null', '""', '[]', '{}'].includes(JSON.stringify(value)));
    case 'in':
      return each.some((value) => criteria.values.includes(value as RqlValue));
    case 'like':
      return each.some((value) => typeof value === 'string' && RegExp(`^${criteria.pattern}$`).test(value));
    case 'ilike':
      return each.some((value) => typeof value === 'string' && RegExp(`^${criteria.pattern}$`, 'i').test(value));
    case 'eq':
      return each.includes(criteria.value);
    case 'ne':
      return values.length > 0 && !each.includes(criteria.value);
    default:
      return each.some((value) => ordered(criteria.op, value, criteria.value));
  }
}

function ordered(op: string, value: JsonValue, literal: RqlValue): boolean {
  if (value === null || literal === null) return value === literal && op.endsWith('e');
  if (typeof value !== typeof literal || typeof value === 'object') return false;
  return { gt: value > literal, ge: value >= literal, lt: value < literal, le: value <= literal }[op] ?? false;
}

const key = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'length');
const scalar = fc.constantFrom(null, false, true, 0, 1, 2, '', '1', 'a', 'B');
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const document = fc.record(
  { attributes: json, features: fc.oneof(json, fc.dictionary(key, json)), _revision: scalar },
  { requiredKeys: [] },
);

const path = fc.array(key, { maxLength: 3 });
const property: fc.Arbitrary<RqlProperty> = fc.oneof(
  path.map((segments) => ['attributes', ...segments]),
  path.map((segments) => ['features', ...segments]),
  fc.tuple(key, path).map(([segment, segments]) => ['features', '*', segment, ...segments]),
  fc.constant(['_revision']),
);
const predicate: fc.Arbitrary<Criteria> = fc.oneof(
  fc.record({ op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), property, value: scalar }),
  fc.record({ op: fc.constantFrom('like', 'ilike'), property, pattern: fc.constantFrom('a', 'b', '', '1') }),
  fc.record({ op: fc.constant('in'), property, values: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ op: fc.constantFrom('exists', 'empty'), property }),
);
const anyCriteria = fc.letrec<{ criteria: Criteria }>((tie) => ({
  criteria: fc.oneof(
    { maxDepth: 2 },
    predicate,
    fc.record({ op: fc.constant('not'), operand: tie('criteria') }),
    fc.record({
      op: fc.constantFrom('and', 'or'),
      operands: fc.array(tie('criteria'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).criteria;

describe('compiled criteria', () => {
  it('mean what the naive evaluation says', () => {
    let matched = 0;
    fc.assert(
      fc.property(anyCriteria, document, (criteria, thing) => {
        const expected = meaning(criteria, thing);
        if (expected) matched++;
        expect(compileCriteria(criteria, { now: 0 })(thing)).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
    // Or else the random documents tell nothing.
    expect(matched).toBeGreaterThan(500);
  });
});
