import type { JsonValue } from '../../json/index.js';
import { formatInstant, parseInstant } from '../../time/index.js';
import type { Instant } from '../../time/index.js';
import { PolicyValueInvalid, SubjectExpiryInvalid } from '../errors.js';

/** As Java reads an `Instant`: with seconds, and with an offset. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The unit that a granularity counts, and that it begins to count anew with; days do with each month. */
const UNITS = [
  { unit: DAY, startOfParent: (instant: Instant) => startOfMonth(instant) },
  { unit: HOUR, startOfParent: (instant: Instant) => floor(instant, DAY) },
  { unit: MINUTE, startOfParent: (instant: Instant) => floor(instant, HOUR) },
  { unit: SECOND, startOfParent: (instant: Instant) => floor(instant, MINUTE) },
  { unit: 1, startOfParent: (instant: Instant) => floor(instant, SECOND) },
];

/**
 * Up to a whole one of the granularity, so that subjects expire together: `1h` gives full hours, `15d` half months
 * (Ditto, "Expiring Policy subjects").
 */
export function roundUpExpiry(expiry: Instant, granularity: number): Instant {
  const found = UNITS.find(({ unit }) => granularity >= unit);
  if (found === undefined) return expiry;
  const { unit, startOfParent } = found;
  const count = Math.floor(granularity / unit);
  const truncated = floor(expiry, unit);
  const beyond = ((truncated - startOfParent(expiry)) / unit) % count;
  return truncated === expiry && beyond === 0 ? expiry : truncated + (count - beyond) * unit;
}

/** @throws SubjectExpiryInvalid, PolicyValueInvalid */
export function parseExpiry(value: JsonValue, now: Instant, granularity: number): string {
  if (typeof value !== 'string') throw new PolicyValueInvalid('The expiry of a subject', 'a JSON string');
  const instant = INSTANT.test(value) ? parseInstant(value) : undefined;
  if (instant === undefined) throw new SubjectExpiryInvalid(value, 'unreadable');
  return futureExpiry(instant, now, granularity);
}

/** Rounded, as it is stored. @throws SubjectExpiryInvalid */
export function futureExpiry(instant: Instant, now: Instant, granularity: number): string {
  const rounded = roundUpExpiry(instant, granularity);
  if (rounded <= now) throw new SubjectExpiryInvalid(formatInstant(rounded), 'past');
  return formatInstant(rounded);
}

function floor(instant: Instant, unit: number): Instant {
  return Math.floor(instant / unit) * unit;
}

function startOfMonth(instant: Instant): Instant {
  const date = new Date(instant);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
