import type { ThingId } from '@gemel/model/ids';
import type { ThingState } from '@gemel/model/things';
import type { Change } from '../ports/index.js';
import type { PendingAppend } from './pending-append.js';

/** The changes that one commit will hold, and the things' states as they will be after it. */
export class Draft {
  readonly #changes: Change[] = [];
  readonly #states = new Map<ThingId, ThingState>();
  readonly #bases = new Set<PendingAppend>();

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** What must be committed first, because the changes were decided on it. */
  get bases(): ReadonlySet<PendingAppend> {
    return this.#bases;
  }

  state(id: ThingId): ThingState | undefined {
    return this.#states.get(id);
  }

  add(change: Change): void {
    this.#changes.push(change);
    if (change.entity === 'thing') this.#states.set(change.event.id, change.state);
  }

  buildOn(append: PendingAppend): void {
    this.#bases.add(append);
  }
}
