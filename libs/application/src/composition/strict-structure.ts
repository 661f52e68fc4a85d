import {
  PARENTS,
  ThingHasChildren,
  faultsOf,
  kindOf,
  mentionedParents,
  parentLinks,
  refusalOfFault,
} from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { jsonEquals, valueAt } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import type { Guard, StateStore, ThingSearch } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { StructureTouched } from '../things/index.js';
import type { Structure, ThingTransition } from '../things/index.js';
import { childrenOfAny } from './criteria.js';
import type { OneAtATime } from './one-at-a-time.js';
import { pathUp } from './path-up.js';

export interface StrictParts {
  readonly states: Pick<StateStore, 'thing'>;
  readonly index: Pick<ThingSearch, 'find'>;
  /** The turns of the services of composition, which look after themselves. */
  readonly turns: OneAtATime;
}

/** The composition as a structure that no write may break, whichever API it comes by. */
export class StrictStructure implements Structure {
  readonly #ownGuards = new WeakSet<Guard>();

  constructor(private readonly parts: StrictParts) {}

  async check(transitions: readonly ThingTransition[], { guard }: SignalContext): Promise<void> {
    if (guard !== undefined && !this.#ownGuards.has(guard)) {
      await this.#refuseOrphans(transitions);
      return;
    }
    const touching = transitions.filter(touches);
    if (touching.length === 0) return;
    if (guard === undefined) throw new StructureTouched();
    for (const transition of touching) await this.#verify(transition);
  }

  inTurn<T>(context: SignalContext, task: (context: SignalContext) => Promise<T>): Promise<T> {
    return this.parts.turns.run(context, (guarded) => {
      if (guarded.guard !== undefined) this.#ownGuards.add(guarded.guard);
      return task(guarded);
    });
  }

  /** The services of composition unlink the children that their caller may read; others would lose their parent. */
  async #refuseOrphans(transitions: readonly ThingTransition[]): Promise<void> {
    const changed = new Set(transitions.map(({ thingId }) => thingId));
    for (const kind of ['type', 'twin'] as const) {
      const gone = transitions.flatMap(({ thingId, before, after }) =>
        before !== undefined && after === undefined && kindOf(before) === kind ? [thingId] : [],
      );
      if (gone.length === 0) continue;
      const found = await this.#children(kind, gone, transitions.length + 1);
      const orphan = found.find((child) => !changed.has(child.thingId));
      if (orphan === undefined) continue;
      throw new ThingHasChildren(mentionedParents(orphan).find((id) => gone.includes(id)) ?? orphan.thingId);
    }
  }

  async #verify({ thingId, before, after }: ThingTransition): Promise<void> {
    if (before !== undefined && (after === undefined || kindOf(after) !== kindOf(before))) {
      if (await this.#hasChildren(kindOf(before), thingId)) throw new ThingHasChildren(thingId);
    }
    if (after === undefined) return;
    const kind = kindOf(after);
    const kinds = new Map<ThingId, Kind>();
    for (const id of mentionedParents(after)) {
      const parent = liveThing(await this.parts.states.thing(id));
      if (parent !== undefined) kinds.set(id, kindOf(parent));
    }
    // An empty object is what is left when the last parent of a type goes.
    const fault = faultsOf(after, kind, (id) => kinds.get(id)).find(({ problem }) => problem !== 'parents.empty');
    if (fault !== undefined) throw refusalOfFault(thingId, kind, fault);
    for (const { parentId } of parentLinks(after, kind)) {
      if ((await pathUp(this.parts, kind, parentId, thingId)) !== undefined) {
        throw refusalOfFault(thingId, kind, { problem: 'cycle', parentId });
      }
    }
  }

  async #hasChildren(kind: Kind, id: ThingId): Promise<boolean> {
    return (await this.#children(kind, [id], 2)).some((child) => child.thingId !== id);
  }

  /** Whoever may read them. */
  async #children(kind: Kind, parents: readonly ThingId[], limit: number): Promise<readonly Thing[]> {
    const query = { ...childrenOfAny(kind, parents), view: liveThing, sort: [], limit };
    return (await this.parts.index.find(query)).map(({ thing }) => thing);
  }
}

/** Whether the kind or the parents of a thing change, or something may lose its parent. */
function touches({ before, after }: ThingTransition): boolean {
  if (after === undefined) return before !== undefined;
  const parents = valueAt(after, PARENTS) ?? null;
  if (before === undefined) return parents !== null;
  return kindOf(before) !== kindOf(after) || !jsonEquals(valueAt(before, PARENTS) ?? null, parents);
}
