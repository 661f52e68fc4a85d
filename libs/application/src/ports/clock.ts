import type { Instant } from '@gemel/model/time';

/** Wall-clock time. May jump either way; whoever needs an order uses revisions. */
export interface Clock {
  now(): Instant;
}
