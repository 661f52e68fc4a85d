import { defineError } from '@gemel/model/errors';
import { parseMoment, parseSpan } from '@gemel/model/history';
import type { Instant } from '@gemel/model/time';
import { AGGREGATES } from '../ports/index.js';
import type { Aggregate, TimeRange, Window } from '../ports/index.js';

/** The parameters as the caller wrote them. */
export interface TimeseriesParameters {
  /** Default `now-1h`; see `parseMoment`. */
  readonly from?: string | undefined;
  /** Excluded; default `now`. */
  readonly to?: string | undefined;
  /** Length of a window, e.g. `10s`; without it the samples themselves are answered. */
  readonly every?: string | undefined;
  /** Default `mean`; only with `every`. */
  readonly agg?: string | undefined;
  /** Most samples per path, 1 to 100,000, default 1,000; only without `every`. */
  readonly limit?: string | undefined;
}

export interface TimeseriesQuery {
  readonly range: TimeRange;
  readonly window: Window | undefined;
  readonly limit: number;
}

/** Most samples, or windows, that one answer gives for a path. */
const MAX_SAMPLES = 100_000;
const DEFAULT_SAMPLES = 1_000;

export const TimeseriesQueryInvalid = defineError('timeseries.query.invalid', 400, (problem: string, hint: string) => ({
  message: `The time series query is not valid: ${problem}.`,
  description: hint,
}));

/** @throws TimeseriesQueryInvalid */
export function parseTimeseriesQuery(parameters: TimeseriesParameters, now: Instant): TimeseriesQuery {
  const range = {
    from: moment('from', parameters.from ?? 'now-1h', now),
    to: moment('to', parameters.to ?? 'now', now),
  };
  if (range.from >= range.to)
    throw new TimeseriesQueryInvalid("'from' is not before 'to'", "'from' is included, 'to' is not.");
  return { range, window: windowOf(parameters, range), limit: limitOf(parameters) };
}

function moment(name: string, text: string, now: Instant): number {
  const micros = parseMoment(text, now);
  if (micros !== undefined && Number.isSafeInteger(micros)) return micros;
  throw new TimeseriesQueryInvalid(
    `'${name}' is '${text.slice(0, 100)}', which names no time`,
    "Give an ISO 8601 time, milliseconds since 1970, 'now', or a time relative to now such as 'now-1h'.",
  );
}

function windowOf({ every, agg }: TimeseriesParameters, range: TimeRange): Window | undefined {
  if (every === undefined) {
    if (agg === undefined) return undefined;
    throw new TimeseriesQueryInvalid(
      "'agg' stands without 'every'",
      "Give the length of the windows, such as 'every=1m'.",
    );
  }
  const span = parseSpan(every);
  if (span === undefined || !Number.isSafeInteger(span) || span < 1) {
    throw new TimeseriesQueryInvalid(
      `'every' is '${every.slice(0, 100)}', which is no length of time`,
      "Examples: '10s', '1m', '1h', '1d'.",
    );
  }
  if ((range.to - range.from) / span > MAX_SAMPLES) {
    throw new TimeseriesQueryInvalid(
      `it asks for more than ${MAX_SAMPLES} windows`,
      "Make 'every' longer or the range shorter.",
    );
  }
  return { every: span, aggregate: aggregateOf(agg ?? 'mean') };
}

function aggregateOf(text: string): Aggregate {
  const aggregate = AGGREGATES.find((name) => name === text);
  if (aggregate !== undefined) return aggregate;
  throw new TimeseriesQueryInvalid(
    `'agg' is '${text.slice(0, 100)}', which is not known`,
    `Known are ${AGGREGATES.join(', ')}.`,
  );
}

function limitOf({ limit }: TimeseriesParameters): number {
  if (limit === undefined) return DEFAULT_SAMPLES;
  const count = /^\d{1,6}$/.test(limit) ? Number(limit) : 0;
  if (count >= 1 && count <= MAX_SAMPLES) return count;
  throw new TimeseriesQueryInvalid(
    `'limit' is '${limit.slice(0, 100)}'`,
    `It must be a number from 1 to ${MAX_SAMPLES}.`,
  );
}
