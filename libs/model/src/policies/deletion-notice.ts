import { parseHeaderDuration } from '../headers/index.js';
import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { Instant } from '../time/index.js';
import { announcedAt } from './due.js';
import type { SubjectPlace } from './expired-subjects.js';
import type { Policy, Subject } from './policy.js';

/** How long acknowledgements are waited for when an announcement does not say. */
const ACK_TIMEOUT_MS = 10_000;

/** How the deletion of a subject is announced. */
export interface DeletionNotice {
  /** Before it expires; undefined for not at all. */
  readonly at: Instant | undefined;
  /** When somebody deletes it. */
  readonly whenDeleted: boolean;
  /** Of acknowledgements without which it is announced again. */
  readonly labels: readonly string[];
  readonly timeoutMs: number;
}

/** Undefined for a subject whose deletion is nobody's business. */
export function noticeOf(subjectId: string, subject: Subject): DeletionNotice | undefined {
  const { announcement } = subject;
  if (announcement === undefined) return undefined;
  const acks = member(announcement, 'requestedAcks') ?? {};
  const labels = isJsonObject(acks) ? (member(acks, 'labels') ?? []) : [];
  const timeout = isJsonObject(acks) ? member(acks, 'timeout') : undefined;
  return {
    at: announcedAt(subjectId, subject),
    whenDeleted: member(announcement, 'whenDeleted') === true,
    labels: isJsonArray(labels) ? labels.filter((label) => typeof label === 'string') : [],
    timeoutMs: (typeof timeout === 'string' ? parseHeaderDuration(timeout) : undefined) ?? ACK_TIMEOUT_MS,
  };
}

/** Where subjects were that a change has taken away, and whose deletion is to be told. */
export function deletionsToTell(before: Policy, after: Policy | undefined): readonly SubjectPlace[] {
  const told: SubjectPlace[] = [];
  for (const [label, { subjects }] of Object.entries(before.entries)) {
    const entry = after !== undefined && Object.hasOwn(after.entries, label) ? after.entries[label] : undefined;
    for (const [subjectId, subject] of Object.entries(subjects)) {
      if (entry !== undefined && Object.hasOwn(entry.subjects, subjectId)) continue;
      if (noticeOf(subjectId, subject)?.whenDeleted === true) told.push({ label, subjectId });
    }
  }
  return told;
}
