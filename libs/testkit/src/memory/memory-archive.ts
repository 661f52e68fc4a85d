import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { ArchiveBound, BaseState, Change, StateArchive } from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';

/** Kept states in memory. */
export class MemoryArchive implements StateArchive {
  #kept: BaseState[] = [];

  add(change: Change): void {
    if (change.event.revision % ARCHIVED_EVERY !== 0) return;
    if (change.entity === 'thing') this.keep({ entity: 'thing', id: change.event.id, state: change.state });
    else this.keep({ entity: 'policy', id: change.event.id, state: change.state });
  }

  keep(base: BaseState): void {
    this.#kept = [...this.#kept.filter((each) => !isSame(each, base)), base].sort(
      (a, b) => a.state.revision - b.state.revision,
    );
  }

  /** States kept before this one. */
  forgetBefore(base: BaseState): void {
    const { revision } = base.state;
    this.#kept = this.#kept.filter(({ entity, id, state }) => {
      return entity !== base.entity || id !== base.id || state.revision >= revision;
    });
  }

  async pastThing(id: ThingId, bound: ArchiveBound): Promise<ThingState | undefined> {
    return this.thing(id, bound);
  }

  async pastPolicy(id: PolicyId, bound: ArchiveBound): Promise<PolicyState | undefined> {
    return this.policy(id, bound);
  }

  thing(id: ThingId, bound: ArchiveBound): ThingState | undefined {
    const found = this.#kept.findLast((base) => base.entity === 'thing' && isWithin(base, id, bound));
    return found?.entity === 'thing' ? found.state : undefined;
  }

  policy(id: PolicyId, bound: ArchiveBound): PolicyState | undefined {
    const found = this.#kept.findLast((base) => base.entity === 'policy' && isWithin(base, id, bound));
    return found?.entity === 'policy' ? found.state : undefined;
  }
}

function isWithin({ id: kept, state }: BaseState, id: string, { revision, before = Infinity }: ArchiveBound): boolean {
  return kept === id && state.revision <= revision && state.modified < before;
}

function isSame(a: BaseState, b: BaseState): boolean {
  return a.entity === b.entity && a.id === b.id && a.state.revision === b.state.revision;
}
