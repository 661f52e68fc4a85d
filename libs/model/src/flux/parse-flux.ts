import type { BinaryOperator, Expression, Member, Statement } from './expression.js';
import { FluxInvalid } from './flux-invalid.js';
import type { Place } from './flux-invalid.js';
import { tokensOf } from './tokens.js';
import type { Token } from './tokens.js';

/** How deep the syntax of a query may nest, pipes and operator chains included. */
const MAX_DEPTH = 200;

/** Binary operators from the weakest to the strongest. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['==', '!=', '<=', '>=', '<', '>', '=~', '!~'],
  ['+', '-'],
  ['*', '/', '%', '^'],
];

/** @throws FluxInvalid */
export function parseFlux(query: string): readonly Statement[] {
  return new FluxParser(tokensOf(query)).statements();
}

class FluxParser {
  #index = 0;
  #nesting = 0;
  /** How deep each expression made so far is. */
  readonly #depths = new WeakMap<Expression, number>();

  constructor(private readonly tokens: readonly Token[]) {}

  statements(): readonly Statement[] {
    const statements: Statement[] = [];
    while (this.#peek().kind !== 'end') statements.push(this.#statement());
    return statements;
  }

  #statement(): Statement {
    const { at, text } = this.#peek();
    const next = this.#peek(1);
    if (text === 'package') throw new FluxInvalid("The statement 'package' is not supported", at);
    if (text === 'import') {
      this.#index += 1;
      const alias = this.#peek().kind === 'word' ? this.#word() : undefined;
      const token = this.#peek();
      const path =
        token.kind === 'literal' && typeof token.value === 'string' ? token.value : this.#unexpected('a package name');
      this.#index += 1;
      return { kind: 'import', name: alias ?? path.slice(path.lastIndexOf('/') + 1), path, at };
    }
    if (text === 'option' && next.kind === 'word') this.#index += 1;
    if (this.#peek().kind === 'word' && this.#is('=', 1)) {
      const name = this.#word();
      this.#index += 1;
      return { kind: 'assignment', name, value: this.#expression(), at };
    }
    return { kind: 'expression', value: this.#expression(), at };
  }

  #expression(): Expression {
    this.#nesting += 1;
    if (this.#nesting > MAX_DEPTH) throw new FluxInvalid('The query is nested too deeply', this.#peek().at);
    const expression = this.#conditional();
    this.#nesting -= 1;
    return expression;
  }

  #conditional(): Expression {
    const { at } = this.#peek();
    if (!this.#take('if')) return this.#or();
    const test = this.#expression();
    this.#expect('then');
    const then = this.#expression();
    this.#expect('else');
    const otherwise = this.#expression();
    return this.#made({ kind: 'conditional', test, then, otherwise, at }, [test, then, otherwise]);
  }

  #or(): Expression {
    let left = this.#and();
    for (let at = this.#peek().at; this.#take('or'); at = this.#peek().at) {
      const right = this.#and();
      left = this.#made({ kind: 'logical', operator: 'or', left, right, at }, [left, right]);
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (let at = this.#peek().at; this.#take('and'); at = this.#peek().at) {
      const right = this.#not();
      left = this.#made({ kind: 'logical', operator: 'and', left, right, at }, [left, right]);
    }
    return left;
  }

  #not(): Expression {
    const { at } = this.#peek();
    const operator = this.#take('not') ? 'not' : this.#take('exists') ? 'exists' : undefined;
    if (operator === undefined) return this.#binary(0);
    this.#nesting += 1;
    if (this.#nesting > MAX_DEPTH) throw new FluxInvalid('The query is nested too deeply', at);
    const operand = this.#not();
    this.#nesting -= 1;
    return this.#made({ kind: 'unary', operator, operand, at }, [operand]);
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#pipe();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#peek();
      const operator = token.kind === 'symbol' ? operators.find((candidate) => candidate === token.text) : undefined;
      if (operator === undefined) return left;
      this.#index += 1;
      const right = this.#binary(level + 1);
      left = this.#made({ kind: 'binary', operator, left, right, at: token.at }, [left, right]);
    }
  }

  #pipe(): Expression {
    let piped = this.#unary();
    while (this.#take('|>')) {
      const call = this.#postfix();
      if (call.kind !== 'call') throw new FluxInvalid("A function call must follow '|>'", call.at);
      piped = this.#made({ ...call, piped }, [call, piped]);
    }
    return piped;
  }

  #unary(): Expression {
    const { at } = this.#peek();
    if (!this.#take('-')) return this.#postfix();
    const operand = this.#postfix();
    return this.#made({ kind: 'unary', operator: '-', operand, at }, [operand]);
  }

  #postfix(): Expression {
    let expression = this.#primary();
    for (;;) {
      const { at } = this.#peek();
      if (this.#take('.')) {
        expression = this.#made({ kind: 'member', object: expression, name: this.#word(), at: expression.at }, [
          expression,
        ]);
      } else if (this.#is('[')) {
        expression = this.#bracketed(expression);
      } else if (this.#take('(')) {
        const args = this.#members(')');
        expression = this.#made({ kind: 'call', callee: expression, args, at: expression.at }, [
          expression,
          ...args.map(({ value }) => value),
        ]);
      } else {
        if (this.#is('?')) throw new FluxInvalid("The operator '?' is not supported", at);
        return expression;
      }
    }
  }

  #bracketed(object: Expression): Expression {
    this.#expect('[');
    const key = this.#peek();
    if (key.kind !== 'literal' || typeof key.value !== 'string') {
      throw new FluxInvalid('Only a string in quotes is supported between brackets', key.at);
    }
    this.#index += 1;
    this.#expect(']');
    return this.#made({ kind: 'member', object, name: key.value, at: object.at }, [object]);
  }

  #primary(): Expression {
    const token = this.#peek();
    const { at } = token;
    if (token.kind === 'literal') {
      this.#index += 1;
      return this.#made({ kind: 'literal', value: token.value, at }, []);
    }
    if (token.text === '(') return this.#parenthesized(at);
    if (this.#take('[')) {
      const items: Expression[] = [];
      while (!this.#take(']')) {
        items.push(this.#expression());
        if (!this.#is(']')) this.#expect(',');
      }
      return this.#made({ kind: 'array', items, at }, items);
    }
    if (this.#take('{')) return this.#record(at);
    if (token.kind !== 'word') return this.#unexpected('a value');
    this.#index += 1;
    if (token.text === 'true' || token.text === 'false') {
      return this.#made({ kind: 'literal', value: token.text === 'true', at }, []);
    }
    return this.#made({ kind: 'identifier', name: token.text, at }, []);
  }

  #parenthesized(at: Place): Expression {
    this.#expect('(');
    const parameters = this.#parameters();
    if (parameters === undefined) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#is('{')) throw new FluxInvalid('A function body in braces is not supported', this.#peek().at);
    const body = this.#expression();
    return this.#made({ kind: 'function', parameters, body, at }, [body]);
  }

  /** The names when `(` opened a function such as `(r) => …`; then its arrow is read, too. */
  #parameters(): readonly string[] | undefined {
    const names: string[] = [];
    let ahead = 0;
    while (this.#peek(ahead).kind === 'word') {
      names.push(this.#peek(ahead).text);
      ahead += 1;
      if (this.#is('=', ahead))
        throw new FluxInvalid("Parameters with defaults or '<-' are not supported", this.#peek(ahead).at);
      if (!this.#is(',', ahead)) break;
      ahead += 1;
    }
    if (!this.#is(')', ahead) || !this.#is('=>', ahead + 1)) return undefined;
    this.#index += ahead + 2;
    return names;
  }

  #record(at: Place): Expression {
    if (this.#peek().kind === 'word' && this.#peek(1).text === 'with' && this.#peek(1).kind === 'word') {
      const base = this.#primary();
      this.#index += 1;
      const members = this.#members('}');
      return this.#made({ kind: 'record', base, members, at }, [base, ...members.map(({ value }) => value)]);
    }
    const members = this.#members('}');
    return this.#made(
      { kind: 'record', members, at },
      members.map(({ value }) => value),
    );
  }

  /** `name: value, …` up to the closing bracket; a name alone stands for itself. */
  #members(close: ')' | '}'): readonly Member[] {
    const members: Member[] = [];
    while (!this.#take(close)) {
      const key = this.#peek();
      if (key.kind === 'word') this.#index += 1;
      else if (key.kind === 'literal' && typeof key.value === 'string') this.#index += 1;
      else this.#unexpected('a name');
      const name = key.kind === 'literal' && typeof key.value === 'string' ? key.value : key.text;
      const value = this.#take(':')
        ? this.#expression()
        : key.kind === 'word' && (this.#is(',') || this.#is(close))
          ? this.#made({ kind: 'identifier', name, at: key.at }, [])
          : this.#unexpected("':'");
      if (members.some((member) => member.name === name)) throw new FluxInvalid(`'${name}' is given twice`, key.at);
      members.push({ name, value });
      if (!this.#is(close)) this.#expect(',');
    }
    return members;
  }

  #made<E extends Expression>(expression: E, parts: readonly Expression[]): E {
    const depth = 1 + parts.reduce((deepest, part) => Math.max(deepest, this.#depths.get(part) ?? 0), 0);
    if (depth > MAX_DEPTH) throw new FluxInvalid('The query is nested too deeply', expression.at);
    this.#depths.set(expression, depth);
    return expression;
  }

  #peek(ahead = 0): Token {
    const last = this.tokens.length - 1;
    const token = this.tokens[Math.min(this.#index + ahead, last)];
    return token ?? { kind: 'end', text: 'the end of the query', at: { line: 1, column: 1 } };
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind !== 'literal' && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#index += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#unexpected(`'${text}'`);
  }

  #word(): string {
    const token = this.#peek();
    if (token.kind !== 'word') return this.#unexpected('a name');
    this.#index += 1;
    return token.text;
  }

  #unexpected(wanted: string): never {
    const { text, at, kind } = this.#peek();
    throw new FluxInvalid(`${wanted} is expected, not ${kind === 'end' ? text : `'${text.slice(0, 50)}'`}`, at);
  }
}
