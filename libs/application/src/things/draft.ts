import type { ThingId } from '@gemel/model/ids';
import { liveThing } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { Change } from '../ports/index.js';
import type { PendingAppend } from './pending-append.js';
import type { ThingTransition } from './structure.js';

/** The changes that one commit will hold, and the things' states as they will be after it. */
export class Draft {
  readonly #changes: Change[] = [];
  readonly #states = new Map<ThingId, ThingState>();
  readonly #before = new Map<ThingId, ThingState | undefined>();
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

  /** @param before the state of the thing that the change was decided on */
  add(change: Change, before?: ThingState): void {
    this.#changes.push(change);
    if (change.entity !== 'thing') return;
    const { id } = change.event;
    if (!this.#states.has(id)) this.#before.set(id, before);
    this.#states.set(id, change.state);
  }

  /** What all of it makes of each thing. */
  transitions(): readonly ThingTransition[] {
    return [...this.#states].map(([thingId, state]) => ({
      thingId,
      before: liveThing(this.#before.get(thingId)),
      after: liveThing(state),
    }));
  }

  buildOn(append: PendingAppend): void {
    this.#bases.add(append);
  }
}
