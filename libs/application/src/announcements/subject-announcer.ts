import { isSuccess } from '../acks/index.js';
import type { AckCollections } from '../acks/index.js';
import { deletionsToTell, expiryOf, livePolicy, noticeOf } from '@gemel/model/policies';
import type { DeletionNotice, Policy, PolicyState } from '@gemel/model/policies';
import type { Instant } from '@gemel/model/time';
import type { Clock, IdSource } from '../ports/index.js';
import type { AnnouncementHub } from './announcement-hub.js';

/** How long after its expiry a subject is kept for want of an acknowledgement (Ditto's grace period). */
const GRACE_MS = 4 * 3_600_000;
/** Before an announcement is made again; doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** Announcements that are remembered; the oldest go first and may be made again. */
const REMEMBERED = 10_000;

interface Made {
  tries: number;
  /** waiting: for acknowledgements; done: nobody is asked any more. */
  is: 'waiting' | 'refused' | 'done';
  /** Of the next try, when refused. */
  nextAt: Instant;
}

export interface SubjectAnnouncerParts {
  readonly hub: Pick<AnnouncementHub, 'announce'>;
  readonly acks: AckCollections;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Announces that subjects are going to be deleted, or were, and holds the deletion back while somebody has to confirm that. */
export class SubjectAnnouncer {
  readonly #made = new Map<string, Made>();

  constructor(private readonly parts: SubjectAnnouncerParts) {}

  /** Announces what is due in a policy. */
  look(policy: Policy): void {
    const now = this.parts.clock.now();
    for (const [label, { subjects }] of Object.entries(policy.entries)) {
      for (const [subjectId, subject] of Object.entries(subjects)) {
        const notice = noticeOf(subject);
        const expiry = expiryOf(subject);
        if (notice?.at === undefined || expiry === undefined || notice.at > now) continue;
        const key = [policy.policyId, label, subjectId, expiry].join('\n');
        if (this.#isDue(key, now)) this.#announce(policy, subjectId, { notice, deleteAt: expiry, key });
      }
    }
  }

  /** Whether an expired subject need not be kept any longer. */
  mayRemove(policy: Policy, label: string, subjectId: string): boolean {
    const subject = policy.entries[label]?.subjects[subjectId];
    const notice = subject && noticeOf(subject);
    const expiry = subject && expiryOf(subject);
    if (notice?.at === undefined || expiry === undefined || notice.labels.length === 0) return true;
    if (this.parts.clock.now() > expiry + GRACE_MS) return true;
    return this.#made.get([policy.policyId, label, subjectId, expiry].join('\n'))?.is === 'done';
  }

  /** Tells of subjects that somebody has deleted. @param after undefined for a policy that was deleted */
  changed(before: PolicyState | undefined, after: PolicyState | undefined): void {
    const policy = livePolicy(before);
    if (policy === undefined) return;
    const now = this.parts.clock.now();
    for (const { label, subjectId } of deletionsToTell(policy, livePolicy(after))) {
      const subject = policy.entries[label]?.subjects[subjectId];
      const notice = subject && noticeOf(subject);
      const expiry = subject && expiryOf(subject);
      const key = [policy.policyId, label, subjectId, expiry ?? ''].join('\n');
      if (notice === undefined || this.#made.get(key)?.is === 'done') continue;
      this.#announce(policy, subjectId, { notice, deleteAt: now, key });
    }
  }

  #isDue(key: string, now: Instant): boolean {
    const made = this.#made.get(key);
    return made === undefined || (made.is === 'refused' && made.nextAt <= now);
  }

  #announce(
    { policyId }: Policy,
    subjectId: string,
    { notice, deleteAt, key }: { readonly notice: DeletionNotice; readonly deleteAt: Instant; readonly key: string },
  ): void {
    const { hub, acks, ids } = this.parts;
    const { labels, timeoutMs } = notice;
    const correlationId = ids.uuid();
    const made = this.#remember(key);
    const opened = labels.length === 0 ? undefined : acks.open(correlationId, labels, timeoutMs);
    made.is = opened === undefined ? 'done' : 'waiting';
    hub.announce({ policyId, subjectIds: [subjectId], deleteAt, correlationId, labels, timeoutMs });
    void opened?.acks.then((received) => {
      made.is = received.every(isSuccess) ? 'done' : 'refused';
      made.nextAt = this.parts.clock.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (made.tries - 1));
    });
  }

  #remember(key: string): Made {
    const made = this.#made.get(key) ?? { tries: 0, is: 'waiting', nextAt: 0 };
    made.tries += 1;
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > REMEMBERED && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }
}
