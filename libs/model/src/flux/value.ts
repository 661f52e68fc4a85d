import type { Expression } from './expression.js';
import type { Place } from './flux-invalid.js';
import type { LinearRegex } from '../regex/index.js';
import type { FluxDuration, FluxTime } from './literal.js';

/** What a column can hold: a `bigint` is Flux's int, a `number` its float. */
export type Scalar = null | string | number | bigint | boolean | FluxTime;

export interface FluxRecord {
  readonly kind: 'record';
  /** Undefined when there is no such member. */
  get(name: string): FluxValue | undefined;
  /** In order. */
  names(): readonly string[];
}

interface FluxArray {
  readonly kind: 'array';
  readonly items: readonly FluxValue[];
}

export interface FluxFunction {
  readonly kind: 'function';
  readonly parameters: readonly string[];
  readonly body: Expression;
  readonly scope: Scope;
}

/** A function of the language itself. */
export interface FluxBuiltin {
  readonly kind: 'builtin';
  readonly name: string;
  readonly call: (args: ReadonlyMap<string, FluxValue>, at: Place) => FluxValue;
}

/** A stream of tables that is still to be computed; its content is the pipeline's business. */
export interface FluxTables {
  readonly kind: 'tables';
}

export type FluxValue =
  Scalar | FluxDuration | LinearRegex | FluxRecord | FluxArray | FluxFunction | FluxBuiltin | FluxTables;

/** A name and what it stands for, in front of those of the surroundings. */
export interface Scope {
  readonly name: string;
  readonly value: FluxValue;
  readonly outer: Scope | undefined;
}

export function lookUp(scope: Scope | undefined, name: string): FluxValue | undefined {
  for (let at = scope; at !== undefined; at = at.outer) if (at.name === name) return at.value;
  return undefined;
}

export function isScalar(value: FluxValue): value is Scalar {
  return typeof value !== 'object' || value === null || value.kind === 'time';
}

/** As error texts name it. */
export function typeName(value: FluxValue): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'float';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    default:
      return value.kind === 'builtin' ? 'function' : value.kind;
  }
}

export function recordOf(members: ReadonlyMap<string, FluxValue>): FluxRecord {
  return { kind: 'record', get: (name) => members.get(name), names: () => [...members.keys()] };
}
