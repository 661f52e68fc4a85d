import type { JsonObject } from '../json/index.js';
import type { Instant } from '../time/index.js';
import type { Criteria, RqlProperty, RqlValue } from './criteria.js';
import { evaluationCost } from './evaluation-cost.js';
import { comparisons, empty, exists, ilike, instantOf, isIn, like } from './predicates/index.js';
import type { Literal, Predicate, Test } from './predicates/index.js';
import { predicateAt } from './property-values.js';
import { timeValue } from './time-value.js';

export interface CompileOptions {
  /** What `time:now` means; whoever keeps criteria for long compiles them again. */
  readonly now: Instant;
}

/**
 * THE meaning of criteria, the same for search, conditions and event filters. A document is a thing's JSON, which may
 * have `_revision`, `_created`, `_modified`, `_namespace` and an event's `topic:…` and `resource:…` as further members.
 *
 * - Types never convert: `eq(x,"1")` does not match 1, and `lt` orders only numbers with numbers, strings with strings
 *   (by code point), false before true.
 * - Arrays match by any element. Objects in arrays are looked into, so that `items/price` means the prices of all items.
 * - `ne` matches only when the property has a value, and all values differ; null is a value. So things without
 *   `attributes/_isType` match `not(eq(attributes/_isType,true))` but not `ne(attributes/_isType,true)`, as in Ditto.
 * - `eq(x,null)` matches an explicit null, `empty(x)` also absence.
 * - `features/*` in front of a path means that some feature matches; alone it means the ids of the features.
 * - `_created`, `_modified` and `time:` values compare as instants, however many digits of a second they are written with.
 */
export function compileCriteria(criteria: Criteria, options: CompileOptions): (document: JsonObject) => boolean {
  return compile(criteria, options.now);
}

function compile(criteria: Criteria, now: Instant): Test {
  switch (criteria.op) {
    case 'and':
      return all(cheapFirst(criteria.operands).map((operand) => compile(operand, now)));
    case 'or':
      return some(cheapFirst(criteria.operands).map((operand) => compile(operand, now)));
    case 'not':
      return not(compile(criteria.operand, now));
    default:
      return predicateAt(criteria.property, predicateOf(criteria, now), now);
  }
}

/** Their order does not matter for the answer, and the first ones decide most documents. */
function cheapFirst(operands: readonly Criteria[]): readonly Criteria[] {
  return operands.toSorted((a, b) => evaluationCost(a) - evaluationCost(b));
}

function predicateOf(criteria: Extract<Criteria, { readonly property: RqlProperty }>, now: Instant): Predicate {
  switch (criteria.op) {
    case 'exists':
      return exists;
    case 'empty':
      return empty;
    case 'like':
      return like(criteria.pattern);
    case 'ilike':
      return ilike(criteria.pattern);
    case 'in':
      return isIn(criteria.values.map((value) => literalOf(value, criteria.property, now)));
    default:
      return comparisons[criteria.op](literalOf(criteria.value, criteria.property, now));
  }
}

function literalOf(value: RqlValue, property: RqlProperty, now: Instant): Literal {
  if (typeof value === 'object' && value !== null) return timeLiteral(value.time, now);
  if (typeof value !== 'string' || !isTimestamp(property)) return value;
  const instant = instantOf(value);
  return instant === undefined ? value : { instant };
}

function timeLiteral(time: string, now: Instant): Literal {
  const value = timeValue(time, now);
  const instant = typeof value === 'string' ? instantOf(value) : undefined;
  return instant === undefined ? value : { instant };
}

function isTimestamp(property: RqlProperty): boolean {
  return property.length === 1 && (property[0] === '_created' || property[0] === '_modified');
}

function all(tests: readonly Test[]): Test {
  return (document) => {
    for (const test of tests) if (!test(document)) return false;
    return true;
  };
}

function some(tests: readonly Test[]): Test {
  return (document) => {
    for (const test of tests) if (test(document)) return true;
    return false;
  };
}

function not(test: Test): Test {
  return (document) => !test(document);
}
