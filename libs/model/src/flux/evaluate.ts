import type { Budget } from './budget.js';
import type { BinaryOperator, Expression } from './expression.js';
import { FluxInvalid } from './flux-invalid.js';
import type { Place } from './flux-invalid.js';
import { compareCells } from './table.js';
import { isScalar, lookUp, recordOf, typeName } from './value.js';
import type { FluxFunction, FluxRecord, FluxValue, Scope } from './value.js';

/** Longest string that an expression may build. */
const MAX_STRING = 65_536;

/** The value of an expression. @throws FluxInvalid with the place of what does not work */
export function evaluate(expression: Expression, scope: Scope | undefined, budget: Budget): FluxValue {
  budget.spend(1);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'identifier':
      return identifier(expression.name, scope, expression.at);
    case 'array':
      return { kind: 'array', items: expression.items.map((item) => evaluate(item, scope, budget)) };
    case 'record':
      return record(expression, scope, budget);
    case 'member':
      return memberOf(evaluate(expression.object, scope, budget), expression.name, expression.at);
    case 'call':
      return call(expression, scope, budget);
    case 'function':
      return { kind: 'function', parameters: expression.parameters, body: expression.body, scope: scope ?? EMPTY };
    case 'unary':
      return unary(expression, scope, budget);
    case 'logical': {
      const left = truth(evaluate(expression.left, scope, budget), expression.left.at);
      if (left === (expression.operator === 'or')) return left;
      return truth(evaluate(expression.right, scope, budget), expression.right.at);
    }
    case 'binary':
      return binary(
        expression.operator,
        evaluate(expression.left, scope, budget),
        evaluate(expression.right, scope, budget),
        expression.at,
      );
    case 'conditional':
      return truth(evaluate(expression.test, scope, budget), expression.test.at)
        ? evaluate(expression.then, scope, budget)
        : evaluate(expression.otherwise, scope, budget);
  }
}

const EMPTY: Scope = { name: '', value: null, outer: undefined };

/** Calls a function of one parameter, as `filter`, `map` and the like do. */
export function apply(fn: FluxFunction, argument: FluxValue, budget: Budget): FluxValue {
  const [name = '_'] = fn.parameters;
  return evaluate(fn.body, { name, value: argument, outer: fn.scope }, budget);
}

/** A condition's outcome: null counts as false, as Flux has it in filters. @throws FluxInvalid when it is no truth value */
export function truth(value: FluxValue, at: Place): boolean {
  if (value === null) return false;
  if (typeof value !== 'boolean') throw new FluxInvalid(`A bool is needed here, not a ${typeName(value)}`, at);
  return value;
}

function identifier(name: string, scope: Scope | undefined, at: Place): FluxValue {
  const value = lookUp(scope, name);
  if (value === undefined) throw new FluxInvalid(`'${name}' is not known or not supported`, at);
  return value;
}

function record(
  expression: Extract<Expression, { kind: 'record' }>,
  scope: Scope | undefined,
  budget: Budget,
): FluxRecord {
  const members = new Map<string, FluxValue>();
  if (expression.base !== undefined) {
    const base = evaluate(expression.base, scope, budget);
    if (!isRecord(base))
      throw new FluxInvalid(`A record is needed before 'with', not a ${typeName(base)}`, expression.base.at);
    budget.spend(base.names().length);
    for (const name of base.names()) members.set(name, base.get(name) ?? null);
  }
  for (const { name, value } of expression.members) members.set(name, evaluate(value, scope, budget));
  return recordOf(members);
}

export function isRecord(value: FluxValue): value is FluxRecord {
  return typeof value === 'object' && value?.kind === 'record';
}

function memberOf(object: FluxValue, name: string, at: Place): FluxValue {
  if (!isRecord(object)) throw new FluxInvalid(`A ${typeName(object)} has no member '${name}'`, at);
  // A column that a table does not have is null in Flux, too.
  return object.get(name) ?? null;
}

function call(expression: Extract<Expression, { kind: 'call' }>, scope: Scope | undefined, budget: Budget): FluxValue {
  const callee = evaluate(expression.callee, scope, budget);
  const args = new Map<string, FluxValue>();
  if (expression.piped !== undefined) args.set('tables', evaluate(expression.piped, scope, budget));
  for (const { name, value } of expression.args) args.set(name, evaluate(value, scope, budget));
  if (typeof callee === 'object' && callee?.kind === 'builtin') return callee.call(args, expression.at);
  if (typeof callee !== 'object' || callee?.kind !== 'function') {
    throw new FluxInvalid(`A ${typeName(callee)} cannot be called`, expression.at);
  }
  let inner: Scope | undefined = callee.scope;
  for (const name of callee.parameters) {
    const value = args.get(name);
    if (value === undefined) throw new FluxInvalid(`The argument '${name}' is missing`, expression.at);
    inner = { name, value, outer: inner };
  }
  return evaluate(callee.body, inner, budget);
}

function unary(
  expression: Extract<Expression, { kind: 'unary' }>,
  scope: Scope | undefined,
  budget: Budget,
): FluxValue {
  const value = evaluate(expression.operand, scope, budget);
  if (expression.operator === 'exists') return value !== null;
  if (expression.operator === 'not') return value === null ? null : !truth(value, expression.operand.at);
  if (value === null || typeof value === 'number' || typeof value === 'bigint') return value === null ? null : -value;
  if (typeof value === 'object' && value.kind === 'duration') {
    return { kind: 'duration', months: -value.months, micros: -value.micros };
  }
  throw new FluxInvalid(`A ${typeName(value)} has no negative`, expression.at);
}

function binary(operator: BinaryOperator, left: FluxValue, right: FluxValue, at: Place): FluxValue {
  // Whatever touches null is null.
  if (left === null || right === null) return null;
  if (operator === '=~' || operator === '!~') {
    if (typeof left !== 'string' || typeof right !== 'object' || right.kind !== 'regex') {
      throw new FluxInvalid(`'${operator}' needs a string and a regular expression`, at);
    }
    return right.test(left) === (operator === '=~');
  }
  if ('+-*/%^'.includes(operator)) return arithmetic(operator, left, right, at);
  return comparison(operator, left, right, at);
}

function comparison(operator: BinaryOperator, left: FluxValue, right: FluxValue, at: Place): boolean {
  const numbers = isNumber(left) && isNumber(right);
  if (!isScalar(left) || !isScalar(right) || (!numbers && typeName(left) !== typeName(right))) {
    throw new FluxInvalid(`'${operator}' cannot compare a ${typeName(left)} with a ${typeName(right)}`, at);
  }
  const order = compareCells(left, right);
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function isNumber(value: FluxValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function arithmetic(operator: BinaryOperator, left: FluxValue, right: FluxValue, at: Place): FluxValue {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return bounded(left + right, at);
  if (!isNumber(left) || !isNumber(right)) {
    throw new FluxInvalid(`'${operator}' cannot take a ${typeName(left)} and a ${typeName(right)}`, at);
  }
  if (typeof left === 'bigint' && typeof right === 'bigint' && operator !== '^') return ints(operator, left, right, at);
  return floats(operator, Number(left), Number(right));
}

function ints(operator: BinaryOperator, left: bigint, right: bigint, at: Place): bigint {
  if ((operator === '/' || operator === '%') && right === 0n)
    throw new FluxInvalid('An integer is divided by zero', at);
  switch (operator) {
    case '+':
      return BigInt.asIntN(64, left + right);
    case '-':
      return BigInt.asIntN(64, left - right);
    case '*':
      return BigInt.asIntN(64, left * right);
    case '/':
      return left / right;
    default:
      return left % right;
  }
}

function floats(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    default:
      return left ** right;
  }
}

/** The text itself. @throws FluxInvalid when it has grown too long */
export function bounded(text: string, at: Place): string {
  if (text.length > MAX_STRING) throw new FluxInvalid(`A string grows longer than ${MAX_STRING} characters`, at);
  return text;
}
