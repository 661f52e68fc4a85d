import { timePlaceholder } from '../placeholders/index.js';
import type { Criteria, RqlProperty, RqlValue } from './criteria.js';
import { RqlExpressionInvalid } from './errors.js';
import { parseProperty } from './rql-property.js';
import { RqlScanner } from './rql-scanner.js';

/** Longest expression accepted, in UTF-16 code units. */
const MAX_LENGTH = 100_000;
/** Deepest nesting of operators, so that no recursion over criteria can exhaust the stack. */
const MAX_DEPTH = 100;
const OPERATORS = {
  ...{ and: true, or: true, not: true },
  ...{ eq: true, ne: true, gt: true, ge: true, lt: true, le: true },
  ...{ in: true, like: true, ilike: true, exists: true, empty: true },
} as const satisfies Record<Criteria['op'], true>;

/**
 * Reads one RQL query.
 * @throws RqlExpressionInvalid
 */
export function parseCriteria(text: string): Criteria {
  const scanner = scan(text);
  const criteria = query(scanner, 0);
  scanner.expectEnd();
  return criteria;
}

/**
 * Reads the filter of a search: each text is one query or several joined by commas, and all must match.
 * @throws RqlExpressionInvalid
 */
export function parseFilter(filter: string | readonly string[]): Criteria {
  const operands = [filter].flat().flatMap((text) => {
    const scanner = scan(text);
    const queries = list(scanner, 0);
    scanner.expectEnd();
    return queries;
  });
  const [first, ...more] = operands;
  if (first === undefined) throw new RqlExpressionInvalid(0, 'expected a query');
  return more.length === 0 ? first : { op: 'and', operands };
}

function scan(text: string): RqlScanner {
  if (text.length > MAX_LENGTH) throw new RqlExpressionInvalid(MAX_LENGTH, 'the expression is too long');
  const scanner = new RqlScanner(text, (position, reason) => new RqlExpressionInvalid(position, reason));
  scanner.skipBlanks();
  return scanner;
}

function list(scanner: RqlScanner, depth: number): readonly Criteria[] {
  const queries = [query(scanner, depth)];
  while (scanner.take(',')) {
    scanner.skipBlanks();
    queries.push(query(scanner, depth));
  }
  return queries;
}

function query(scanner: RqlScanner, depth: number): Criteria {
  if (depth === MAX_DEPTH) scanner.fail('operators are nested too deeply');
  const start = scanner.position;
  const op = scanner.match(/[a-z]+/y);
  if (!isOperator(op)) return scanner.fail(`expected one of ${Object.keys(OPERATORS).join(', ')}`, start);
  scanner.expect('(');
  const criteria = operation(op, scanner, depth);
  scanner.expect(')');
  return criteria;
}

function operation(op: Criteria['op'], scanner: RqlScanner, depth: number): Criteria {
  switch (op) {
    case 'and':
    case 'or':
      return { op, operands: list(scanner, depth + 1) };
    case 'not':
      return { op, operand: query(scanner, depth + 1) };
    case 'exists':
    case 'empty':
      return { op, property: property(scanner) };
    case 'in':
      return { op, property: property(scanner), values: values(scanner) };
    case 'like':
    case 'ilike':
      return { op, property: property(scanner), pattern: pattern(scanner) };
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return { op, property: property(scanner), value: argument(scanner) };
  }
}

function isOperator(name: string | undefined): name is Criteria['op'] {
  return name !== undefined && Object.hasOwn(OPERATORS, name);
}

function property(scanner: RqlScanner): RqlProperty {
  const start = scanner.position;
  return parseProperty(scanner.bare('a property'), (reason) => scanner.fail(reason, start));
}

function values(scanner: RqlScanner): readonly RqlValue[] {
  const read = [argument(scanner)];
  while (scanner.peek() === ',') read.push(argument(scanner));
  return read;
}

function pattern(scanner: RqlScanner): string {
  const start = scanner.position + 1;
  const value = argument(scanner);
  return typeof value === 'string' ? value : scanner.fail('expected a string', start);
}

/** A comma, a value and blanks. */
function argument(scanner: RqlScanner): RqlValue {
  scanner.expect(',');
  const value = literal(scanner);
  scanner.skipBlanks();
  return value;
}

function literal(scanner: RqlScanner): RqlValue {
  const next = scanner.peek();
  if (next === '"' || next === "'") return scanner.quoted(next);
  if (/[-+\d]/.test(next)) return number(scanner);
  if (scanner.take('true')) return true;
  if (scanner.take('false')) return false;
  if (scanner.take('null')) return null;
  const start = scanner.position;
  if (!scanner.take('time:')) return scanner.fail('expected a number, a string, true, false, null or time:now');
  const time = scanner.bare('now').trimEnd();
  if (timePlaceholder(time) === undefined) scanner.fail(`unknown placeholder 'time:${time}'`, start);
  return { time };
}

function number(scanner: RqlScanner): number {
  const start = scanner.position;
  const digits = scanner.match(/[-+]?(?:0|[1-9]\d*)(?:\.\d+)?/y);
  // Ditto's grammar has no -0 among the integers.
  if (digits === undefined || digits === '-0') return scanner.fail('expected a number', start);
  const value = Number(digits);
  if (!Number.isFinite(value)) scanner.fail('the number is too large', start);
  return value === 0 ? 0 : value;
}
