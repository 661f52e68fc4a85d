import { timePlaceholder } from '../placeholders/index.js';
import type { Criteria, RqlProperty, RqlValue } from './criteria.js';
import { RqlExpressionInvalid } from './errors.js';
import { isPlaceholderProperty, parseProperty } from './rql-property.js';
import type { PropertyUse } from './rql-property.js';
import { RqlScanner, SyntaxFault } from './rql-scanner.js';
import { explainSyntax } from './syntax/explain-syntax.js';
import { filterGrammar } from './syntax/filter-grammar.js';

/** Longest expression accepted, in UTF-16 code units. */
const MAX_LENGTH = 100_000;
/** Deepest nesting of operators, so that no recursion over criteria can exhaust the stack. */
const MAX_DEPTH = 100;
const MAX_LONG = 9_223_372_036_854_775_807n;
const OPERATORS = {
  ...{ and: true, or: true, not: true },
  ...{ eq: true, ne: true, gt: true, ge: true, lt: true, le: true },
  ...{ in: true, like: true, ilike: true, exists: true, empty: true },
} as const satisfies Record<Criteria['op'], true>;

export interface CriteriaOptions {
  /** Whether `topic:…`, `resource:…` and `time:…` may stand for a property: not in searches. */
  readonly placeholders: boolean;
  /** Names instead of a thing's properties, for filters on something else. */
  readonly properties?: ReadonlySet<string>;
}

/**
 * Reads one RQL query; messages are Ditto's, word by word.
 * @throws RqlExpressionInvalid, JsonPointerInvalid
 */
export function parseCriteria(text: string, options: CriteriaOptions = { placeholders: true }): Criteria {
  return new CriteriaParser(text, options).whole();
}

/**
 * Reads a filter: each text is one query or several joined by commas, and all must match.
 * @throws RqlExpressionInvalid, JsonPointerInvalid
 */
export function parseFilter(
  filter: string | readonly string[],
  { properties }: Pick<CriteriaOptions, 'properties'> = {},
): Criteria {
  const options: CriteriaOptions =
    properties === undefined ? { placeholders: true } : { placeholders: false, properties };
  const operands = [filter].flat().flatMap((text) => new CriteriaParser(text, options).list());
  const [first, ...more] = operands;
  if (first === undefined) return parseCriteria('');
  return more.length === 0 ? first : { op: 'and', operands };
}

/** Whether a text is an RQL query as far as its form goes: its properties and values may still be refused. */
export function isFilter(text: string): boolean {
  return text.length <= MAX_LENGTH && new CriteriaParser(text, { placeholders: true }).isWellFormed();
}

/** One reading of one text. Faults of meaning are told only when the text as a whole is right, as Ditto does. */
class CriteriaParser {
  readonly #scanner: RqlScanner;
  #fault: Error | undefined;

  constructor(
    private readonly text: string,
    private readonly options: CriteriaOptions,
  ) {
    if (text.length > MAX_LENGTH) throw new RqlExpressionInvalid('The expression is too long.');
    this.#scanner = new RqlScanner(text);
  }

  whole(): Criteria {
    return this.#reading(() => this.#query(0));
  }

  list(): readonly Criteria[] {
    return this.#reading(() => this.#list(0));
  }

  isWellFormed(): boolean {
    try {
      this.#toEnd(() => this.#query(0));
      return true;
    } catch (error) {
      if (error instanceof SyntaxFault || error instanceof RqlExpressionInvalid) return false;
      throw error;
    }
  }

  #toEnd<Result>(read: () => Result): Result {
    this.#scanner.skipBlanks();
    const result = read();
    this.#scanner.expectEnd();
    return result;
  }

  #reading<Result>(read: () => Result): Result {
    try {
      const result = this.#toEnd(read);
      if (this.#fault !== undefined) throw this.#fault;
      return result;
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      throw new RqlExpressionInvalid(explainSyntax(filterGrammar, this.text) ?? 'The expression is invalid.');
    }
  }

  #list(depth: number): readonly Criteria[] {
    const queries = [this.#query(depth)];
    while (this.#scanner.take(',')) {
      this.#scanner.skipBlanks();
      queries.push(this.#query(depth));
    }
    return queries;
  }

  #query(depth: number): Criteria {
    if (depth === MAX_DEPTH) throw new RqlExpressionInvalid('The operators are nested too deeply.');
    const op = this.#scanner.match(/[a-z]+/y);
    if (!isOperator(op)) return this.#scanner.fail();
    this.#scanner.expect('(');
    const criteria = this.#operation(op, depth);
    this.#scanner.expect(')');
    return criteria;
  }

  #operation(op: Criteria['op'], depth: number): Criteria {
    switch (op) {
      case 'and':
      case 'or':
        return { op, operands: this.#list(depth + 1) };
      case 'not':
        return { op, operand: this.#query(depth + 1) };
      case 'exists':
      case 'empty':
        return { op, property: this.#property('presence') };
      case 'in':
        return { op, property: this.#property('value'), values: this.#values() };
      case 'like':
      case 'ilike':
        return { op, property: this.#property('value'), pattern: this.#pattern(op) };
      case 'eq':
      case 'ne':
      case 'gt':
      case 'ge':
      case 'lt':
      case 'le':
        return { op, property: this.#property('value'), value: this.#argument() };
    }
  }

  #property(use: PropertyUse): RqlProperty {
    const text = this.#scanner.bare();
    try {
      const property = this.#known(text, use);
      if (property !== undefined && (this.options.placeholders || !isPlaceholderProperty(property))) return property;
      const name = text.startsWith('/') ? text.slice(1) : text;
      this.#fault ??= new RqlExpressionInvalid(`There is no property '${name}'.`);
    } catch (error) {
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
    }
    return [];
  }

  #known(text: string, use: PropertyUse): RqlProperty | undefined {
    const { properties } = this.options;
    if (properties === undefined) return parseProperty(text, use);
    const name = text.startsWith('/') ? text.slice(1) : text;
    return properties.has(name) ? [name] : undefined;
  }

  #values(): readonly RqlValue[] {
    const read = [this.#argument()];
    while (this.#scanner.peek() === ',') read.push(this.#argument());
    return read;
  }

  #pattern(op: 'like' | 'ilike'): string {
    const value = this.#argument();
    if (typeof value === 'string') return value;
    this.#fault ??= new RqlExpressionInvalid(`'${op}' takes a text.`);
    return '';
  }

  /** A comma, a value and blanks. */
  #argument(): RqlValue {
    this.#scanner.expect(',');
    const value = this.#literal();
    this.#scanner.skipBlanks();
    return value;
  }

  #literal(): RqlValue {
    const next = this.#scanner.peek();
    if (next === '"' || next === "'") return this.#scanner.quoted(next);
    if (/[-+\d]/.test(next)) return this.#number();
    if (this.#scanner.take('true')) return true;
    if (this.#scanner.take('false')) return false;
    if (this.#scanner.take('null')) return null;
    this.#scanner.expect('time:');
    return this.#time(this.#scanner.rawBare());
  }

  #time(name: string): RqlValue {
    if (!/^.+$/.test(name)) throw failure('a placeholder lacks its name');
    const time = name.trimEnd();
    if (timePlaceholder(time) === undefined)
      this.#fault ??= new RqlExpressionInvalid(`There is no placeholder 'time:${time}'.`);
    return { time };
  }

  #number(): number {
    const whole = this.#scanner.match(/[-+]?(?:[1-9]\d+|\d)/y);
    if (whole === undefined) return this.#scanner.fail();
    const fraction = this.#scanner.match(/\.\d+/y);
    if (fraction === undefined && whole.startsWith('-0')) return this.#scanner.fail();
    if (fraction === undefined && isBeyondLong(whole)) throw failure(`${whole} is beyond 64 bits`);
    const value = Number(whole + (fraction ?? ''));
    if (!Number.isFinite(value)) throw failure('a number is too large');
    return value === 0 ? 0 : value;
  }
}

function isOperator(name: string | undefined): name is Criteria['op'] {
  return name !== undefined && Object.hasOwn(OPERATORS, name);
}

function isBeyondLong(integer: string): boolean {
  if (integer.length < 19) return false;
  const value = BigInt(integer.replace('+', ''));
  return value > MAX_LONG || value < -MAX_LONG - 1n;
}

/** Ditto's parser fails at once for what it reads but cannot hold. */
function failure(reason: string): Error {
  return new RqlExpressionInvalid(`The expression cannot be read: ${reason}.`);
}
