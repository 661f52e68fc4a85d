import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { ThingState } from '@gemel/model/things';
import type { Draft } from './draft.js';

/**
 * What is handed to the log but not yet committed. The next writer of the same thing decides on it, so that a burst
 * of writes to one thing shares a flush. Readers never see it.
 */
export class InFlight {
  readonly #things = new Map<ThingId, ThingState>();
  readonly #policies = new Map<PolicyId, Promise<void>>();

  state(id: ThingId): ThingState | undefined {
    return this.#things.get(id);
  }

  /** The commit under way that creates or changes a policy. */
  policy(id: PolicyId): Promise<void> | undefined {
    return this.#policies.size === 0 ? undefined : this.#policies.get(id);
  }

  /** Holds the draft until its commit succeeded or failed; what a later draft has replaced stays. */
  enter(draft: Draft, committed: Promise<void>): void {
    const leave = () => {
      this.#leave(draft, committed);
    };
    for (const change of draft.changes) {
      if (change.entity === 'thing') this.#things.set(change.event.id, change.state);
      else this.#policies.set(change.event.id, committed);
    }
    committed.then(leave, leave);
  }

  #leave(draft: Draft, committed: Promise<void>): void {
    for (const change of draft.changes) {
      if (change.entity === 'policy') {
        if (this.#policies.get(change.event.id) === committed) this.#policies.delete(change.event.id);
      } else if (this.#things.get(change.event.id) === change.state) this.#things.delete(change.event.id);
    }
  }
}
