import { parseHeaderDuration } from '../headers/index.js';
import { member } from '../json/index.js';
import { parseInstant } from '../time/index.js';
import type { Instant } from '../time/index.js';
import type { Policy, Subject } from './policy.js';

const HOUR = /^(\d+)h$/;
const MS_PER_HOUR = 3_600_000;
/** Of an announcement that does not say (Ditto's `default-randomization-interval`). */
const USUAL_INTERVAL_MS = 300_000;

/** When something is to be done about the first of a policy's subjects: it is to be announced, or removed. Undefined for never. */
export function dueAt({ entries }: Policy): Instant | undefined {
  let due = Infinity;
  for (const { subjects } of Object.values(entries))
    for (const [subjectId, subject] of Object.entries(subjects))
      due = Math.min(due, announcedAt(subjectId, subject) ?? expiryOf(subject) ?? Infinity);
  return due === Infinity ? undefined : due;
}

/**
 * When a subject's expiry is to be announced; undefined when it is not, or never expires. Many expire at the same hour: each has a
 * time of its own within `randomizationInterval` before `beforeExpiry`, always the same one (Ditto's OpenAPI, SubjectAnnouncement).
 */
export function announcedAt(subjectId: string, { announcement, ...subject }: Subject): Instant | undefined {
  const expiry = expiryOf(subject);
  const before = announcement === undefined ? undefined : member(announcement, 'beforeExpiry');
  if (announcement === undefined || expiry === undefined || typeof before !== 'string') return undefined;
  const interval = member(announcement, 'randomizationInterval');
  const earlier = typeof interval === 'string' ? durationOf(interval) : USUAL_INTERVAL_MS;
  return expiry - durationOf(before) - Math.floor(fractionOf(`${subjectId}\n${String(expiry)}`) * (earlier + 1));
}

function durationOf(text: string): number {
  const hours = HOUR.exec(text)?.[1];
  return hours === undefined ? (parseHeaderDuration(text) ?? 0) : Number(hours) * MS_PER_HOUR;
}

/** From 0 to 1, which it never is; evenly spread over texts (FNV-1a). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Undefined for a subject that never expires; one that cannot be read has expired. */
export function expiryOf({ expiry }: Subject): Instant | undefined {
  return expiry === undefined ? undefined : (parseInstant(expiry) ?? 0);
}
