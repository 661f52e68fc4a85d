import type { LinearRegex } from '../regex/index.js';

/** Microseconds since 1970; Flux's nanoseconds are cut. */
export interface FluxTime {
  readonly kind: 'time';
  readonly micros: number;
}

/** Months and microseconds are apart because months differ in length. */
export interface FluxDuration {
  readonly kind: 'duration';
  readonly months: number;
  readonly micros: number;
}

/** What a query can hold as it is written. */
export type FluxLiteral = string | number | bigint | boolean | FluxTime | FluxDuration | LinearRegex;
