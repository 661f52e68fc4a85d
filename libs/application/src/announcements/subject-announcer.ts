import { isSuccess } from '../acks/index.js';
import type { AckCollections } from '../acks/index.js';
import { deletionsToTell, expiryOf, livePolicy, noticeOf } from '@gemel/model/policies';
import type { DeletionNotice, Policy, PolicyState } from '@gemel/model/policies';
import type { Instant } from '@gemel/model/time';
import type { Clock, IdSource, Logger, RecordStore } from '../ports/index.js';
import type { AnnouncementHub } from './announcement-hub.js';

/** How long after its expiry a subject is kept for want of an acknowledgement (Ditto's grace period). */
const GRACE_MS = 4 * 3_600_000;
/** Before an announcement is made again; doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
/** Announcements that are remembered in memory; the oldest go first. */
const REMEMBERED = 10_000;
const KIND = 'announced';
/** Between looks for records that nobody needs any more, and how many are looked at. */
const PRUNE_MS = 3_600_000;
const PRUNED_AT_ONCE = 1_000;

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
  /** Where it is written that an announcement was made: neither a restart nor another replica makes it again. */
  readonly records: RecordStore;
  readonly log: Logger;
}

/** Announces that subjects are going to be deleted, or were, and holds the deletion back while somebody has to confirm that. */
export class SubjectAnnouncer {
  readonly #made = new Map<string, Made>();
  #prunedAt: Instant = 0;

  constructor(private readonly parts: SubjectAnnouncerParts) {}

  /** Announces what is due in a policy. @throws StoreUnavailable */
  async look(policy: Policy): Promise<void> {
    const now = this.parts.clock.now();
    await this.#prune(now);
    for (const [label, { subjects }] of Object.entries(policy.entries)) {
      for (const [subjectId, subject] of Object.entries(subjects)) {
        const notice = noticeOf(subjectId, subject);
        const expiry = expiryOf(subject);
        if (notice?.at === undefined || expiry === undefined || notice.at > now) continue;
        const key = [policy.policyId, label, subjectId, expiry].join('\n');
        if (await this.#isDue(key, now)) this.#announce(policy, subjectId, { notice, deleteAt: expiry, key });
      }
    }
  }

  /** Whether an expired subject need not be kept any longer. */
  mayRemove(policy: Policy, label: string, subjectId: string): boolean {
    const subject = policy.entries[label]?.subjects[subjectId];
    const notice = subject && noticeOf(subjectId, subject);
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
      const notice = subject && noticeOf(subjectId, subject);
      const expiry = subject && expiryOf(subject);
      // One that never expires may come back and be deleted again.
      const key = [policy.policyId, label, subjectId, expiry ?? `deleted ${String(now)}`].join('\n');
      if (notice === undefined || this.#made.get(key)?.is === 'done') continue;
      this.#announce(policy, subjectId, { notice, deleteAt: now, key });
    }
  }

  async #isDue(key: string, now: Instant): Promise<boolean> {
    const made = this.#made.get(key);
    if (made !== undefined) return made.is === 'refused' && made.nextAt <= now;
    const isWritten = (await this.parts.records.record(KIND, key)) !== undefined;
    if (isWritten) this.#remember(key).is = 'done';
    return !isWritten;
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
    hub.announce({ policyId, subjectIds: [subjectId], deleteAt, correlationId, labels, timeoutMs });
    if (opened === undefined) this.#done(made, key, deleteAt);
    void opened?.acks.then((received) => {
      if (received.every(isSuccess)) this.#done(made, key, deleteAt);
      else made.is = 'refused';
      made.nextAt = this.parts.clock.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (made.tries - 1));
    });
  }

  #done(made: Made, key: string, deleteAt: Instant): void {
    made.is = 'done';
    this.parts.records.insertRecord(KIND, key, deleteAt).catch((error: unknown) => {
      this.parts.log.debug({ error }, 'could not write down that an announcement was made: it may be made again');
    });
  }

  /** Takes away what is written of subjects that are long gone. */
  async #prune(now: Instant): Promise<void> {
    if (now < this.#prunedAt + PRUNE_MS) return;
    this.#prunedAt = now;
    const { records } = this.parts;
    const oldest = now - GRACE_MS - PRUNE_MS;
    for (let after: string | undefined; ;) {
      const page = await records.records(KIND, { prefix: '', after, limit: PRUNED_AT_ONCE });
      const old = page.filter(({ content }) => typeof content !== 'number' || content < oldest).map(({ key }) => key);
      if (old.length > 0) await records.removeRecords(KIND, old);
      after = page.at(-1)?.key;
      if (page.length < PRUNED_AT_ONCE) return;
    }
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
