import { formatInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';

const EXPRESSION = /^now(_epoch_millis)?(?:([+-])(\d{1,9})(ms|s|m|h|d|w|mo|y))?(?:\[(ms|s|m|h|d|w|mo|y)\])?$/;
const FIXED_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const FIRST_MONDAY = 4 * 86_400_000;

/**
 * `now` or `now_epoch_millis`, with an offset such as `-1h` and a truncation such as `[d]`, both optional and in UTC.
 * Undefined when the text is none. The printed instant is clamped to what JavaScript's dates can hold.
 */
export function timePlaceholder(text: string): ((now: Instant) => string) | undefined {
  const match = EXPRESSION.exec(text);
  if (match === null) return undefined;
  const [, epochMillis, sign, amount, unit, truncation] = match;
  return (now) => {
    const offset = unit === undefined ? now : plus(now, Number(`${sign ?? ''}${amount ?? ''}`), unit);
    const instant = truncation === undefined ? offset : truncate(offset, truncation);
    const clamped = Math.max(-8.64e15, Math.min(8.64e15, instant));
    return epochMillis === undefined ? formatInstant(clamped) : String(clamped);
  };
}

function plus(instant: Instant, amount: number, unit: string): Instant {
  const fixed = FIXED_MS[unit];
  if (fixed !== undefined) return instant + amount * fixed;
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + (unit === 'y' ? 12 * amount : amount));
  if (Number.isNaN(date.getTime())) return amount < 0 ? -8.64e15 : 8.64e15;
  // The last day of a shorter month, as calendars in Java do.
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, lastDay));
}

function truncate(instant: Instant, unit: string): Instant {
  const fixed = FIXED_MS[unit];
  if (unit === 'w') return instant - mod(instant - FIRST_MONDAY, 604_800_000);
  if (fixed !== undefined) return instant - mod(instant, fixed);
  const date = new Date(instant);
  return Date.UTC(date.getUTCFullYear(), unit === 'y' ? 0 : date.getUTCMonth(), 1);
}

function mod(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
