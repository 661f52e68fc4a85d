import type { JsonObject } from '@gemel/model/json';
import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import { PERIODS, SlidingCount } from './sliding-count.js';

export type Direction = 'inbound' | 'outbound';

/** Ditto's types of metrics, and to which direction each belongs, in the order in which they are shown. */
export const METRIC_TYPES = {
  inbound: ['consumed', 'mapped', 'dropped', 'enforced', 'acknowledged', 'throttled'],
  outbound: ['dispatched', 'filtered', 'mapped', 'dropped', 'published', 'acknowledged'],
} as const satisfies Readonly<Record<Direction, readonly string[]>>;

export type MetricType = (typeof METRIC_TYPES)[Direction][number];

/** Where answers to what came in are counted. */
export const RESPONSES = '_responses';

/** Counts since the process has had the connection open, or since they were reset. */
export class ConnectionMetrics {
  readonly #addresses: Readonly<Record<Direction, Map<string, AddressMetrics>>>;
  readonly #known: Readonly<Record<Direction, readonly string[]>>;

  /** @param addresses of the sources and of the targets, which are shown from the beginning */
  constructor(addresses: Readonly<Record<Direction, readonly string[]>>) {
    this.#known = addresses;
    this.#addresses = { inbound: new Map(), outbound: new Map() };
    this.reset();
  }

  /** What is at no known address counts for the first. */
  count(direction: Direction, address: string, type: MetricType, { isSuccess, now }: Counted): void {
    const metrics = this.#addresses[direction].get(address);
    metrics?.count(type, isSuccess, now);
  }

  reset(): void {
    for (const direction of ['inbound', 'outbound'] as const) {
      this.#addresses[direction].clear();
      for (const address of this.#known[direction]) {
        this.#addresses[direction].set(address, new AddressMetrics(METRIC_TYPES[direction]));
      }
    }
  }

  /** By direction and address. */
  toJson(now: Instant): Readonly<Record<Direction, JsonObject>> {
    const shown = (direction: Direction): JsonObject =>
      Object.fromEntries([...this.#addresses[direction]].map(([address, metrics]) => [address, metrics.toJson(now)]));
    return { inbound: shown('inbound'), outbound: shown('outbound') };
  }
}

interface Counted {
  readonly isSuccess: boolean;
  readonly now: Instant;
}

class AddressMetrics {
  readonly #counts: ReadonlyMap<MetricType, readonly [success: SlidingCount, failure: SlidingCount]>;

  constructor(types: readonly MetricType[]) {
    this.#counts = new Map(types.map((type) => [type, [new SlidingCount(), new SlidingCount()]]));
  }

  count(type: MetricType, isSuccess: boolean, now: Instant): void {
    this.#counts.get(type)?.[isSuccess ? 0 : 1].add(now);
  }

  toJson(now: Instant): JsonObject {
    return Object.fromEntries(
      [...this.#counts].map(([type, [success, failure]]) => [
        type,
        { success: measurementJson(success, now), failure: measurementJson(failure, now) },
      ]),
    );
  }
}

function measurementJson(count: SlidingCount, now: Instant): JsonObject {
  const measured = count.measure(now);
  return {
    ...Object.fromEntries(PERIODS.map((period) => [period, measured[period]])),
    lastMessageAt: measured.lastMessageAt === undefined ? null : formatInstant(measured.lastMessageAt),
  };
}
