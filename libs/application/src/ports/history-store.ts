import { defineError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import type { Position } from './event-log.js';

/** Microseconds since 1970, an integer (exact in a double until 2255). */
export type Micros = number;

export type PointValue = number | boolean | string;

/** What a value belongs to. Two points of the same series and time are one: the later write wins. */
export interface SeriesKey {
  readonly thingId: ThingId;
  /** Pointer text of the leaf inside the thing, e.g. `/features/velocity/properties/value`. */
  readonly path: string;
  /** The field name that OpenTwins dashboards use, e.g. `value_velocity_properties_value`. */
  readonly field: string;
  /** Further tags, e.g. `parent`, `originator`, `idSimulationRun`; absent ones are left out. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface Point extends SeriesKey {
  readonly time: Micros;
  readonly value: PointValue;
}

/** Half-open: `from` included, `to` excluded. */
export interface TimeRange {
  readonly from: Micros;
  readonly to: Micros;
}

export interface SeriesFilter {
  /** Exact ids; undefined means all. */
  readonly thingIds?: readonly string[] | undefined;
  readonly thingIdPrefix?: string | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly fields?: readonly string[] | undefined;
}

export interface Series {
  /** The store's own number for it. Series that are read come from `series` of the same store. */
  readonly id: number;
  readonly key: SeriesKey;
}

export interface Sample {
  readonly time: Micros;
  readonly value: PointValue;
}

export const AGGREGATES = [
  'mean',
  'min',
  'max',
  'sum',
  'count',
  'first',
  'last',
  'median',
  'stddev',
  'spread',
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface Window {
  readonly every: Micros;
  readonly aggregate: Aggregate;
  /** Most windows given, the earliest; default all. */
  readonly limit?: number;
}

/**
 * Time series of the twins' leaves.
 * A crash neither loses nor doubles any: `write` stores points and the reader's position in one step or, because the same
 * points written again are the same, the position after the points.
 *
 * Each method throws HistoryUnavailable when a store outside the process does not answer; the same call may be made again.
 */
export interface HistoryStore {
  position(): Promise<Position>;
  write(points: readonly Point[], position: Position): Promise<void>;
  /** Series that match, by thing id, then field. */
  series(filter: SeriesFilter): Promise<readonly Series[]>;
  /** The series' samples in time order, all as one, `limit` at most (the newest ones when `newestFirst`, newest first). */
  samples(
    series: readonly Series[],
    range: TimeRange,
    options?: { readonly limit?: number; readonly newestFirst?: boolean },
  ): Promise<readonly Sample[]>;
  /**
   * One sample per window that holds any, of all the series as one; its time is the window's start. Windows are aligned
   * to the epoch. Strings and booleans take `count`, `first` and `last` only; other aggregates skip them. `stddev` is
   * that of a sample (n − 1), 0 for a single value.
   */
  windows(series: readonly Series[], range: TimeRange, window: Window): Promise<readonly Sample[]>;
}

export const HistoryUnavailable = defineError('gemel:history.unavailable', 503, (reason: string) => ({
  message: `The history cannot be reached now: ${reason}.`,
  description: 'Points wait until it is back, and twins work on. Try again after a short while.',
}));
