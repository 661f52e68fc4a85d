import type { Criteria, RqlProperty, RqlValue } from './criteria.js';
import { formatProperty } from './rql-property.js';

/** RQL text that parses to the same criteria. */
export function formatCriteria(criteria: Criteria): string {
  return `${criteria.op}(${argumentsOf(criteria).join(',')})`;
}

function argumentsOf(criteria: Criteria): readonly string[] {
  switch (criteria.op) {
    case 'and':
    case 'or':
      return criteria.operands.map(formatCriteria);
    case 'not':
      return [formatCriteria(criteria.operand)];
    case 'exists':
    case 'empty':
      return [propertyText(criteria.property)];
    case 'in':
      return [propertyText(criteria.property), ...criteria.values.map(valueText)];
    case 'like':
    case 'ilike':
      return [propertyText(criteria.property), valueText(criteria.pattern)];
    default:
      return [propertyText(criteria.property), valueText(criteria.value)];
  }
}

function propertyText(property: RqlProperty): string {
  return formatProperty(property).replace(/["\\]/g, '\\$&').replaceAll(',', '\\u002c').replaceAll(')', '\\u0029');
}

function valueText(value: RqlValue): string {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (typeof value === 'number') return withoutExponent(value);
  return typeof value === 'object' && value !== null ? `time:${value.time}` : String(value);
}

/** Integers are read as 64 bits. */
const MAX_INTEGER = 2 ** 63;

/** RQL has no exponents. */
function withoutExponent(value: number): string {
  return Math.abs(value) < MAX_INTEGER ? digitsOf(value) : `${digitsOf(value)}.0`;
}

function digitsOf(value: number): string {
  const [mantissa = '', exponent] = value.toString().split('e');
  if (exponent === undefined) return mantissa;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d)(?:\.(\d+))?$/.exec(mantissa) ?? [];
  const digits = whole + fraction;
  const point = 1 + Number(exponent);
  return point > 0 ? sign + digits.padEnd(point, '0') : `${sign}0.${'0'.repeat(-point)}${digits}`;
}
