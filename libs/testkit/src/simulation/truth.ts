import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import type { SharedStore } from './shared-store.js';
import type { VirtualWorld } from './virtual-world.js';

/** A state that somebody may have seen within some time. */
export interface Version<State> {
  readonly state: State;
  readonly from: number;
  /** When its successor was committed: whoever asks later sees that; Infinity for the last one. */
  until: number;
}

/** What was so when: the log's states with the virtual times in which a reader may be told of them. */
export class Truth {
  readonly #things = new Map<string, Version<ThingState>[]>();
  readonly #policies = new Map<string, Version<PolicyState>[]>();

  constructor(world: VirtualWorld, store: SharedStore) {
    store.onCommit(({ changes }) => {
      for (const change of changes) {
        if (change.entity === 'thing') add(this.#things, change.event.id, change.state, world.now);
        else add(this.#policies, change.event.id, change.state, world.now);
      }
    });
  }

  /** Of the last commit. */
  thing(id: string): ThingState | undefined {
    return this.#things.get(id)?.at(-1)?.state;
  }

  /** Of the commit that led to the revision. */
  thingAt(id: string, revision: number): ThingState | undefined {
    return this.#things.get(id)?.find(({ state }) => state.revision === revision)?.state;
  }

  things(): readonly ThingState[] {
    return [...this.#things.values()].flatMap((versions) => versions.at(-1)?.state ?? []);
  }

  /** Those that a reader may have been told of in between. */
  policies(id: string, from: number, to: number): readonly PolicyState[] {
    return overlapping(this.#policies.get(id) ?? [], from, to).map(({ state }) => state);
  }

  /** Whether a reader may have found nothing. */
  mayBeAbsent(thingId: string, from: number, to: number): boolean {
    const versions = this.#things.get(thingId) ?? [];
    const [first] = versions;
    if (first === undefined || first.from > from) return true;
    return overlapping(versions, from, to).some(({ state }) => state.deleted);
  }
}

function add<State>(known: Map<string, Version<State>[]>, id: string, state: State, now: number): void {
  const version = { state, from: now, until: Infinity };
  const versions = known.get(id);
  const before = versions?.at(-1);
  if (before !== undefined) before.until = now;
  if (versions === undefined) known.set(id, [version]);
  else versions.push(version);
}

function overlapping<State>(versions: readonly Version<State>[], from: number, to: number): readonly Version<State>[] {
  return versions.filter((version) => version.from <= to && version.until >= from);
}
