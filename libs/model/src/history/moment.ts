import { parseFluxDuration, parseFluxTime } from '../flux/index.js';
import type { Instant } from '../time/index.js';

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * The point in time that a query parameter names, in microseconds since 1970: ISO 8601 (UTC unless it says otherwise),
 * epoch milliseconds, `now`, or relative to it as `now-1h`, `-1h` or `now+5m`. Undefined when it is none of these.
 */
export function parseMoment(text: string, now: Instant): number | undefined {
  if (text === 'now') return now * 1000;
  if (/^\d{1,14}$/.test(text)) return Number(text) * 1000;
  const relative = /^(?:now)?([-+])(\d.*)$/.exec(text);
  if (relative !== null) {
    const span = parseSpan(relative[2] ?? '');
    return span === undefined ? undefined : now * 1000 + (relative[1] === '-' ? -span : span);
  }
  if (!ISO.test(text)) return undefined;
  const zoned = /T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T');
  return parseFluxTime(zoned ? text : `${text}Z`)?.micros;
}

/** A length of time such as `10s`, `1m` or `1h30m`, in microseconds; undefined when it is none or counts calendar months. */
export function parseSpan(text: string): number | undefined {
  const duration = text.length > 40 ? undefined : parseFluxDuration(text);
  return duration === undefined || duration.months > 0 ? undefined : duration.micros;
}
