import { isJsonArray } from '../../json/index.js';
import type { JsonValue } from '../../json/index.js';
import { compareText } from '../compare-json.js';
import type { RqlComparison } from '../criteria.js';
import { instantOf, isMoment } from './literal.js';
import type { Literal } from './literal.js';
import { anything } from './predicate.js';
import type { Predicate, Test } from './predicate.js';

/**
 * Values of different types are neither equal nor ordered. Of an array any element may match;
 * `ne` needs a value to be there, and all of them to differ.
 */
export const comparisons = {
  eq: (literal) => any(equals(literal)),
  ne: (literal) => (some) => {
    const equal = any(equals(literal))(some);
    return (root) => some(root, anything) && !equal(root);
  },
  gt: (literal) => any(ordered(literal, (order) => order > 0)),
  ge: (literal) => any(ordered(literal, (order) => order >= 0)),
  lt: (literal) => any(ordered(literal, (order) => order < 0)),
  le: (literal) => any(ordered(literal, (order) => order <= 0)),
} as const satisfies Record<RqlComparison, (literal: Literal) => Predicate>;

/** Matches when any of the values equals. */
export function isIn(literals: readonly Literal[]): Predicate {
  const plain = new Set<JsonValue>(literals.flatMap((literal) => (isMoment(literal) ? [] : [literal])));
  const moments = literals.filter(isMoment).map(equals);
  return any((value) => plain.has(value) || moments.some((test) => test(value)));
}

/** The value itself, or an element of it when it is an array. */
export function any(test: Test): Predicate {
  const testElements: Test = (value) => (isJsonArray(value) ? value.some(test) : test(value));
  return (some) => (root) => some(root, testElements);
}

function equals(literal: Literal): Test {
  return isMoment(literal) ? ordered(literal, (order) => order === 0) : (value) => value === literal;
}

function ordered(literal: Literal, accepts: (order: number) => boolean): Test {
  const compare = comparisonTo(literal);
  return (value) => accepts(compare(value));
}

/** Negative, zero or positive as the value is less than, equal to or greater than the literal; NaN across types. */
function comparisonTo(literal: Literal): (value: JsonValue) => number {
  if (literal === null) return (value) => (value === null ? 0 : NaN);
  switch (typeof literal) {
    case 'number':
      return (value) => (typeof value === 'number' ? value - literal : NaN);
    case 'string':
      return (value) => (typeof value === 'string' ? compareText(value, literal) : NaN);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? Number(value) - Number(literal) : NaN);
    default:
      return (value) => (typeof value === 'string' ? (instantOf(value) ?? NaN) - literal.instant : NaN);
  }
}
