import type { Place } from './flux-invalid.js';
import type { FluxLiteral } from './literal.js';

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | '+' | '-' | '*' | '/' | '%' | '^';

/** Flux's abstract syntax, as far as it is supported; `at` is where it starts. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: FluxLiteral; readonly at: Place }
  | { readonly kind: 'identifier'; readonly name: string; readonly at: Place }
  | { readonly kind: 'array'; readonly items: readonly Expression[]; readonly at: Place }
  | { readonly kind: 'record'; readonly base?: Expression; readonly members: readonly Member[]; readonly at: Place }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string; readonly at: Place }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly args: readonly Member[];
      /** What stands before `|>`. */
      readonly piped?: Expression;
      readonly at: Place;
    }
  | { readonly kind: 'function'; readonly parameters: readonly string[]; readonly body: Expression; readonly at: Place }
  | {
      readonly kind: 'unary';
      readonly operator: 'not' | 'exists' | '-';
      readonly operand: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'logical';
      readonly operator: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Place;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly at: Place;
    };

/** A named argument or record member. */
export interface Member {
  readonly name: string;
  readonly value: Expression;
}

export type Statement =
  | { readonly kind: 'import'; readonly name: string; readonly path: string; readonly at: Place }
  | { readonly kind: 'assignment'; readonly name: string; readonly value: Expression; readonly at: Place }
  | { readonly kind: 'expression'; readonly value: Expression; readonly at: Place };
