import { UNRESOLVED, resolved, valuesOf } from '../resolution.js';
import type { Resolution } from '../resolution.js';

export interface PipelineFunction {
  /** For errors, e.g. `fn:replace('from', 'to')`. */
  readonly signature: string;
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  /** Never called with a deleted input. */
  apply(input: Resolution, args: readonly Resolution[]): Resolution;
}

/**
 * A function that maps each value of its input, given its arguments' first values; undefined drops the value.
 * An unresolved argument leaves everything unresolved.
 */
export function mapping(
  signature: string,
  count: number,
  map: (value: string, ...texts: readonly string[]) => string | readonly string[] | undefined,
): PipelineFunction {
  return {
    signature,
    arity: [count, count],
    apply(input, args) {
      const texts = args.flatMap((arg) => valuesOf(arg).slice(0, 1));
      if (texts.length < args.length) return UNRESOLVED;
      return resolved(valuesOf(input).flatMap((value) => map(value, ...texts) ?? []));
    },
  };
}
