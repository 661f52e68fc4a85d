import { dueAt, evolvePolicy, firstExpiredSubject, livePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import { inBackground } from '../background/index.js';
import type { SubjectAnnouncer } from '../announcements/index.js';
import { RevisionConflict } from '../ports/index.js';
import type {
  Clock,
  DueQuery,
  EventLog,
  IdSource,
  Logger,
  PolicyDirectory,
  Subscription,
  Timers,
} from '../ports/index.js';

/** Policies looked at in one go; others come in between. */
const PAGE = 100;
const BREATH_MS = 5;
/** Between looks: they cost an empty page of an index. Rights end with the expiry itself, whenever the subject is removed. */
const PAUSE_MS = 1_000;

export interface ExpiredSubjectsParts {
  readonly log: EventLog;
  readonly directory: PolicyDirectory;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Is asked before a subject is removed; nothing is announced when absent. */
  readonly announcer?: Pick<SubjectAnnouncer, 'look' | 'mayRemove'>;
}

type PlaceInDue = DueQuery['after'];

/** Removes subjects that have expired, as Ditto does: one event each. Finds them again after a restart. */
export class ExpiredSubjects {
  constructor(private readonly parts: ExpiredSubjectsParts) {}

  /**
   * Looks through a page of the policies in which something is due.
   * @param after where the page before has ended; undefined for the first one
   * @returns where this one has ended; undefined when it was the last
   */
  async sweep(after: PlaceInDue): Promise<PlaceInDue> {
    const { directory, clock } = this.parts;
    const states = await directory.due({ by: clock.now(), after, limit: PAGE });
    for (const state of states) await this.#removeFrom(state);
    const last = states.length < PAGE ? undefined : states.at(-1)?.policy;
    const due = last === undefined ? undefined : dueAt(last);
    return last === undefined || due === undefined ? undefined : { due, id: last.policyId };
  }

  async #removeFrom(first: PolicyState): Promise<void> {
    let state = first;
    for (;;) {
      const policy = livePolicy(state);
      const now = this.parts.clock.now();
      if (policy === undefined) return;
      const { announcer } = this.parts;
      await announcer?.look(policy);
      const place = firstExpiredSubject(
        policy,
        now,
        ({ label, subjectId }) => announcer?.mayRemove(policy, label, subjectId) ?? true,
      );
      if (place === undefined) return;
      const event = {
        entity: 'policy',
        id: policy.policyId,
        revision: state.revision + 1,
        timestamp: now,
        action: 'deleted',
        path: ['entries', place.label, 'subjects', place.subjectId],
        headers: { 'correlation-id': this.parts.ids.uuid() },
      } as const;
      const after = evolvePolicy(state, event);
      try {
        await this.parts.log.append([{ entity: 'policy', event, state: after }]);
      } catch (error) {
        // Somebody has changed the policy meanwhile: it is looked at again the next time.
        if (error instanceof RevisionConflict) return;
        throw error;
      }
      state = after;
    }
  }
}

/** Lets expired subjects be removed until it is stopped. What fails is tried again at the next look. */
export function startRemoving(expired: Pick<ExpiredSubjects, 'sweep'>, timers: Timers, log: Logger): Subscription {
  return inBackground(async (stopped) => {
    let after: PlaceInDue;
    while (!stopped.aborted) {
      const next = await expired.sweep(after).catch((error: unknown) => {
        log.warn({ error }, 'could not remove expired subjects; tries again at the next look');
        return undefined;
      });
      after = next;
      await timers.sleep(next === undefined ? PAUSE_MS : BREATH_MS, stopped);
    }
  });
}
