import { parseInstant } from '../../time/index.js';
import type { Instant } from '../../time/index.js';

/** A value to compare with; a moment compares with texts by the instant that they name, not letter by letter. */
export type Literal = null | boolean | number | string | Moment;

export interface Moment {
  readonly instant: Instant;
}

const ISO_8601 = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** The instant of an ISO 8601 date, or date and time with offset; undefined for any other text. */
export function instantOf(text: string): Instant | undefined {
  return ISO_8601.test(text) ? parseInstant(text) : undefined;
}

export function isMoment(literal: Literal): literal is Moment {
  return typeof literal === 'object' && literal !== null;
}
