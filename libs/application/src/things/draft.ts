import type { ThingId } from '@gemel/model/ids';
import type { ThingState } from '@gemel/model/things';
import type { Change } from '../ports/index.js';

/** The changes that one commit will hold, and the things' states as they will be after it. */
export class Draft {
  readonly #changes: Change[] = [];
  readonly #states = new Map<ThingId, ThingState>();

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** The last state of each changed thing. */
  get states(): readonly ThingState[] {
    return [...this.#states.values()];
  }

  state(id: ThingId): ThingState | undefined {
    return this.#states.get(id);
  }

  add(change: Change): void {
    this.#changes.push(change);
    if (change.entity === 'thing') this.#states.set(change.event.id, change.state);
  }
}
