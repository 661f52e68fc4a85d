import { formatInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import { HeaderInvalid } from './header-invalid.js';

/** When in an entity's past a retrieve looks: what was after this revision, and after all events before that instant. */
export interface PastMoment {
  /** Any integer; there is nothing below 1. */
  readonly revision?: number;
  /** Exclusive. */
  readonly before?: Instant;
}

/** `at-historical-revision` and `at-historical-timestamp`; undefined when neither is there. @throws HeaderInvalid */
export function parsePastMoment(revision: string | undefined, timestamp: string | undefined): PastMoment | undefined {
  if (revision === undefined && timestamp === undefined) return undefined;
  return {
    ...(revision === undefined ? undefined : { revision: parseRevision(revision) }),
    ...(timestamp === undefined ? undefined : { before: parseTimestamp(timestamp) }),
  };
}

/** As in messages: the revision, or the timestamp in ISO 8601 when there is one. */
export function formatPastMoment({ revision, before }: PastMoment): string {
  return before === undefined ? `revision '${String(revision)}'` : `timestamp '${formatInstant(before)}'`;
}

function parseRevision(text: string): number {
  const revision = revisionIn(text);
  if (revision === undefined) throw new HeaderInvalid('at-historical-revision', text.slice(0, 40), 'Send an integer.');
  return revision;
}

/** Undefined when the text is no integer. */
export function revisionIn(text: string): number | undefined {
  return /^[+-]?\d{1,19}$/.test(text.trim()) ? Number(text) : undefined;
}

// Date and time to the minute at least, and the offset; years of four digits, which every clock here shows.
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)$/i;

function parseTimestamp(text: string): Instant {
  const instant = timestampIn(text);
  if (instant !== undefined) return instant;
  throw new HeaderInvalid('at-historical-timestamp', text.slice(0, 40), "Send ISO 8601, e.g. '2026-01-31T09:30:00Z'.");
}

/**
 * What is between two milliseconds counts as the later one, so that an event on the earlier one is before it; undefined when
 * the text is no timestamp.
 */
export function timestampIn(text: string): Instant | undefined {
  const [, date = '', minutes = '', seconds = '00', fraction = '', offset = ''] = TIMESTAMP.exec(text.trim()) ?? [];
  const instant =
    date !== '' && isInCalendar(date) ? Date.parse(`${date}T${minutes}:${seconds}${offset.toUpperCase()}`) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant + Math.ceil(Number(fraction.padEnd(9, '0')) / 1_000_000);
}

/** Date takes the 30th of February for the 1st or 2nd of March. */
function isInCalendar(date: string): boolean {
  const daysInMonth = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
  return Number(date.slice(8, 10)) <= daysInMonth;
}
