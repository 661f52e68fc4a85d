import type { Budget } from './budget.js';
import { apply, evaluate, truth } from './evaluate.js';
import type { Expression } from './expression.js';
import { lookUp, recordOf } from './value.js';
import type { FluxTime } from './literal.js';
import type { FluxFunction, FluxValue } from './value.js';

/** Candidates for one column: undefined means any value. */
type Candidates = ReadonlySet<string> | undefined;

/** What a query wants from the store; everything that the store need not look at is left to `accepts`. */
export interface Scan {
  readonly start: FluxTime;
  /** Excluded. */
  readonly stop: FluxTime;
  readonly thingIds: Candidates;
  readonly thingIdPrefix: string | undefined;
  readonly fields: Candidates;
  /** False when only the series themselves are asked for, not their samples. */
  readonly samples: boolean;
  /**
   * Set when one sample per window is wanted instead of the samples; its time is the window's start, or the range's
   * when that is later.
   */
  readonly window: { readonly every: number; readonly aggregate: string } | undefined;
  /** Whether a series with these columns (`_measurement`, `_field`, tags) is wanted. */
  readonly accepts: (columns: ReadonlyMap<string, string>) => boolean;
}

/** Columns whose values belong to a sample, not to its series. */
const SAMPLE_COLUMNS = new Set(['_time', '_value', '_start', '_stop']);

/** A condition of a filter: the part of its body between `and`s. */
export interface Condition {
  readonly fn: FluxFunction;
  /** True when it looks at the series only: it is decided before any sample is read. */
  readonly seriesOnly: boolean;
}

/** The conditions that must all hold for a filter to. */
export function conditionsOf(fn: FluxFunction): readonly Condition[] {
  const [parameter = ''] = fn.parameters;
  return conjuncts(fn.body).map((body) => {
    const columns = new Set<string>();
    const known = collectColumns(body, parameter, columns);
    return { fn: { ...fn, body }, seriesOnly: known && ![...columns].some((column) => SAMPLE_COLUMNS.has(column)) };
  });
}

export function holds(condition: Condition, record: FluxValue, budget: Budget): boolean {
  return truth(apply(condition.fn, record, budget), condition.fn.body.at);
}

/** Narrows a store's search by the conditions on the series; `accepts` still decides. */
export function narrowed(
  conditions: readonly Condition[],
  budget: Budget,
): Pick<Scan, 'thingIds' | 'thingIdPrefix' | 'fields' | 'accepts'> {
  const seriesOnly = conditions.filter((condition) => condition.seriesOnly);
  const candidates = (column: string): Candidates =>
    seriesOnly.reduce<Candidates>(
      (sofar, { fn }) => intersection(sofar, allowed(fn.body, column, fn, budget)),
      undefined,
    );
  return {
    thingIds: candidates('thingId'),
    fields: candidates('_field'),
    thingIdPrefix: seriesOnly.map(({ fn }) => prefixOf(fn, budget)).find((prefix) => prefix !== undefined),
    accepts: (columns) => seriesOnly.every((condition) => holds(condition, recordOf(columns), budget)),
  };
}

function conjuncts(body: Expression): readonly Expression[] {
  return body.kind === 'logical' && body.operator === 'and'
    ? [...conjuncts(body.left), ...conjuncts(body.right)]
    : [body];
}

/** Adds the columns that an expression reads; false when that cannot be told. */
function collectColumns(expression: Expression, parameter: string, columns: Set<string>): boolean {
  const all = (parts: readonly Expression[]) => parts.every((part) => collectColumns(part, parameter, columns));
  switch (expression.kind) {
    case 'literal':
      return true;
    case 'identifier':
      return expression.name !== parameter;
    case 'member':
      if (!isColumn(expression, parameter)) return all([expression.object]);
      columns.add(expression.name);
      return true;
    case 'array':
      return all(expression.items);
    case 'call':
      return all([
        expression.callee,
        ...expression.args.map(({ value }) => value),
        ...(expression.piped === undefined ? [] : [expression.piped]),
      ]);
    case 'unary':
      return all([expression.operand]);
    case 'logical':
    case 'binary':
      return all([expression.left, expression.right]);
    case 'conditional':
      return all([expression.test, expression.then, expression.otherwise]);
    case 'record':
    case 'function':
      return false;
  }
}

function isColumn(expression: Expression, parameter: string, column?: string): boolean {
  return (
    expression.kind === 'member' &&
    expression.object.kind === 'identifier' &&
    expression.object.name === parameter &&
    (column === undefined || expression.name === column)
  );
}

/** The values that a column can have where the expression is true. */
function allowed(expression: Expression, column: string, fn: FluxFunction, budget: Budget): Candidates {
  if (expression.kind === 'logical') {
    const left = allowed(expression.left, column, fn, budget);
    const right = allowed(expression.right, column, fn, budget);
    if (expression.operator === 'and') return intersection(left, right);
    return left === undefined || right === undefined ? undefined : new Set([...left, ...right]);
  }
  if (expression.kind !== 'binary' || expression.operator !== '==') return undefined;
  const [parameter = ''] = fn.parameters;
  const other = isColumn(expression.left, parameter, column)
    ? expression.right
    : isColumn(expression.right, parameter, column)
      ? expression.left
      : undefined;
  const value = other === undefined ? undefined : constant(other, fn, budget);
  return typeof value === 'string' ? new Set([value]) : undefined;
}

function prefixOf(fn: FluxFunction, budget: Budget): string | undefined {
  const { body } = fn;
  if (body.kind !== 'call' || body.callee.kind !== 'member') return undefined;
  const callee = constant(body.callee, fn, budget);
  if (typeof callee !== 'object' || callee?.kind !== 'builtin' || callee.name !== 'strings.hasPrefix') return undefined;
  const value = body.args.find(({ name }) => name === 'v')?.value;
  const prefix = body.args.find(({ name }) => name === 'prefix')?.value;
  if (value === undefined || prefix === undefined || !isColumn(value, fn.parameters[0] ?? '', 'thingId'))
    return undefined;
  const text = constant(prefix, fn, budget);
  return typeof text === 'string' ? text : undefined;
}

/** The value of an expression that does not depend on the row. */
function constant(expression: Expression, fn: FluxFunction, budget: Budget): FluxValue | undefined {
  const columns = new Set<string>();
  if (!collectColumns(expression, fn.parameters[0] ?? '', columns) || columns.size > 0) return undefined;
  if (expression.kind === 'identifier' && lookUp(fn.scope, expression.name) === undefined) return undefined;
  return evaluate(expression, fn.scope, budget);
}

function intersection(left: Candidates, right: Candidates): Candidates {
  if (left === undefined || right === undefined) return left ?? right;
  return new Set([...left].filter((value) => right.has(value)));
}
