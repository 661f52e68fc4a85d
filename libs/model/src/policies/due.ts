import { parseDuration } from '../headers/index.js';
import { member } from '../json/index.js';
import { parseInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import type { Policy, Subject } from './policy.js';

const HOUR = /^(\d+)h$/;
const MS_PER_HOUR = 3_600_000;

/** When something is to be done about the first of a policy's subjects: it is to be announced, or removed. Undefined for never. */
export function dueAt({ entries }: Policy): Instant | undefined {
  let due = Infinity;
  for (const { subjects } of Object.values(entries))
    for (const subject of Object.values(subjects))
      due = Math.min(due, announcedAt(subject) ?? expiryOf(subject) ?? Infinity);
  return due === Infinity ? undefined : due;
}

/** When a subject's expiry is to be announced; undefined when it is not, or never expires. */
export function announcedAt(subject: Subject): Instant | undefined {
  const expiry = expiryOf(subject);
  const before = subject.announcement === undefined ? undefined : member(subject.announcement, 'beforeExpiry');
  if (expiry === undefined || typeof before !== 'string') return undefined;
  const hours = HOUR.exec(before)?.[1];
  return expiry - (hours === undefined ? (parseDuration(before) ?? 0) : Number(hours) * MS_PER_HOUR);
}

/** Undefined for a subject that never expires; one that cannot be read has expired. */
export function expiryOf({ expiry }: Subject): Instant | undefined {
  return expiry === undefined ? undefined : (parseInstant(expiry) ?? 0);
}
