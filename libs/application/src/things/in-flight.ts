import { PassingMap } from '@gemel/model/collections';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { ThingState } from '@gemel/model/things';
import type { EventLog, Guard } from '../ports/index.js';
import type { Draft } from './draft.js';
import { PendingAppend } from './pending-append.js';

/** What a thing will be when an append succeeds. */
export interface Expected {
  readonly state: ThingState;
  readonly append: PendingAppend;
}

/**
 * What is handed over but not yet committed. The next writer of the same thing decides on it, so that a burst of
 * writes to one thing shares an append. Readers never see it.
 */
export class InFlight {
  readonly #things = new PassingMap<ThingId, Expected>();
  readonly #policies = new Map<PolicyId, PendingAppend>();

  constructor(private readonly log: Pick<EventLog, 'append'>) {}

  thing(id: ThingId): Expected | undefined {
    return this.#things.get(id);
  }

  /** The commit under way that creates or changes a policy. */
  policy(id: PolicyId): Promise<void> | undefined {
    return this.#policies.size === 0 ? undefined : this.#policies.get(id)?.committed;
  }

  /** Appends the draft after what it was decided on. What a later draft replaces meanwhile stays. */
  append(draft: Draft, guard?: Guard): Promise<void> {
    const joined = guard === undefined ? this.#joined(draft) : undefined;
    const append = joined ?? new PendingAppend(this.log, draft, guard);
    const leave = () => {
      this.#leave(draft, append);
    };
    for (const change of draft.changes) {
      if (change.entity === 'thing') this.#things.set(change.event.id, { state: change.state, append });
      else this.#policies.set(change.event.id, append);
    }
    append.committed.then(leave, leave);
    return append.committed;
  }

  #joined(draft: Draft): PendingAppend | undefined {
    for (const base of draft.bases) if (base.join(draft)) return base;
    return undefined;
  }

  #leave(draft: Draft, append: PendingAppend): void {
    for (const change of draft.changes) {
      if (change.entity === 'policy') {
        if (this.#policies.get(change.event.id) === append) this.#policies.delete(change.event.id);
      } else if (this.#things.get(change.event.id)?.state === change.state) this.#things.delete(change.event.id);
    }
  }
}
