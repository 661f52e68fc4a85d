import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { ArchiveBound, Change, StateArchive } from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';

/** Kept states in memory. */
export class MemoryArchive implements StateArchive {
  readonly #kept: Change[] = [];

  add(change: Change): void {
    if (change.event.revision % ARCHIVED_EVERY === 0) this.#kept.push(change);
  }

  async pastThing(id: ThingId, bound: ArchiveBound): Promise<ThingState | undefined> {
    return this.thing(id, bound);
  }

  async pastPolicy(id: PolicyId, bound: ArchiveBound): Promise<PolicyState | undefined> {
    return this.policy(id, bound);
  }

  thing(id: ThingId, bound: ArchiveBound): ThingState | undefined {
    const found = this.#kept.findLast((change) => change.entity === 'thing' && isWithin(change, id, bound));
    return found?.entity === 'thing' ? found.state : undefined;
  }

  policy(id: PolicyId, bound: ArchiveBound): PolicyState | undefined {
    const found = this.#kept.findLast((change) => change.entity === 'policy' && isWithin(change, id, bound));
    return found?.entity === 'policy' ? found.state : undefined;
  }
}

function isWithin({ event, state }: Change, id: string, { revision, before = Infinity }: ArchiveBound): boolean {
  return event.id === id && state.revision <= revision && state.modified < before;
}
