import { mean, median, sampleDeviation } from '../statistics/index.js';
import { compareCells } from './table.js';
import type { Scalar } from './value.js';

/** Makes one value of a column's values, none of them null; for tables and windows alike. */
export type FluxAggregate =
  | {
      readonly kind: 'aggregate';
      /** Strings and booleans are left out. */
      readonly numeric: boolean;
      readonly of: (values: readonly Scalar[]) => Scalar;
      /** For a window without values. */
      readonly empty: Scalar;
    }
  /** Keeps the whole row at the index it picks. */
  | { readonly kind: 'selector'; readonly numeric: boolean; readonly pick: (values: readonly Scalar[]) => number };

export const AGGREGATE_FUNCTIONS: ReadonlyMap<string, FluxAggregate> = new Map<string, FluxAggregate>([
  ['mean', { kind: 'aggregate', numeric: true, empty: null, of: (values) => mean(floats(values)) }],
  ['median', { kind: 'aggregate', numeric: true, empty: null, of: (values) => median(floats(values)) }],
  ['stddev', { kind: 'aggregate', numeric: true, empty: null, of: (values) => sampleDeviation(floats(values)) }],
  ['sum', { kind: 'aggregate', numeric: true, empty: null, of: sum }],
  ['spread', { kind: 'aggregate', numeric: true, empty: null, of: spread }],
  ['count', { kind: 'aggregate', numeric: false, empty: 0n, of: (values) => BigInt(values.length) }],
  ['first', { kind: 'selector', numeric: false, pick: () => 0 }],
  ['last', { kind: 'selector', numeric: false, pick: (values) => values.length - 1 }],
  ['min', { kind: 'selector', numeric: true, pick: (values) => extreme(values, -1) }],
  ['max', { kind: 'selector', numeric: true, pick: (values) => extreme(values, 1) }],
]);

function floats(values: readonly Scalar[]): number[] {
  return values.map(Number);
}

function sum(values: readonly Scalar[]): Scalar {
  const ints = values.filter((value) => typeof value === 'bigint');
  return ints.length === values.length
    ? BigInt.asIntN(
        64,
        ints.reduce((total, value) => total + value, 0n),
      )
    : floats(values).reduce((total, value) => total + value, 0);
}

function spread(values: readonly Scalar[]): Scalar {
  const low = values[extreme(values, -1)] ?? null;
  const high = values[extreme(values, 1)] ?? null;
  return typeof low === 'bigint' && typeof high === 'bigint' ? high - low : Number(high) - Number(low);
}

function extreme(values: readonly Scalar[], sign: 1 | -1): number {
  return values.reduce<number>(
    (best, value, index) => (compareCells(value, values[best] ?? null) * sign > 0 ? index : best),
    0,
  );
}
