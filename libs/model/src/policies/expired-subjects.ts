import type { Instant } from '../time/index.js';
import { expiryOf } from './due.js';
import type { Policy } from './policy.js';

/** A subject in an entry of a policy. */
export interface SubjectPlace {
  readonly label: string;
  readonly subjectId: string;
}

/**
 * The first subject whose expiry is not after `now`: it has no rights any more, and is to be removed.
 * @param among those that may be
 */
export function firstExpiredSubject(
  policy: Policy,
  now: Instant,
  among: (place: SubjectPlace) => boolean = () => true,
): SubjectPlace | undefined {
  for (const [label, { subjects }] of Object.entries(policy.entries)) {
    for (const [subjectId, subject] of Object.entries(subjects)) {
      if ((expiryOf(subject) ?? Infinity) <= now && among({ label, subjectId })) return { label, subjectId };
    }
  }
  return undefined;
}
