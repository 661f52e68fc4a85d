import type { Criteria } from './criteria.js';

/** Looking at every feature. */
const WILDCARD = 10;
const PATTERN = 5;

/** About how many steps it takes to evaluate criteria; those that seldom match count as a little cheaper. */
export function evaluationCost(criteria: Criteria): number {
  switch (criteria.op) {
    case 'and':
    case 'or':
      return criteria.operands.reduce((sum, operand) => sum + evaluationCost(operand), 0);
    case 'not':
      return evaluationCost(criteria.operand);
    default:
      return costOfReading(criteria.property) + costOfTest(criteria.op);
  }
}

function costOfReading(property: readonly string[]): number {
  return property.length + (property[0] === 'features' && property[1] === '*' ? WILDCARD : 0);
}

function costOfTest(op: Criteria['op']): number {
  switch (op) {
    case 'eq':
    case 'in':
      return 0;
    case 'like':
    case 'ilike':
      return PATTERN;
    default:
      return 1;
  }
}
