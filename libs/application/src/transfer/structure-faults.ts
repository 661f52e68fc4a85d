import { faultsOf, findCycle, kindOf, parentLinks } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { StateStore } from '../ports/index.js';

/** What is wrong with the parents of things that are to be stored together. */
export interface StructureFaults {
  /** Things whose `_parents` is not what a thing of their kind has there: another kind of value, a count like "3abc". */
  readonly invalid: readonly { readonly thingId: ThingId; readonly kind: Kind }[];
  /** Parents that are neither there nor brought along, or of the other kind. */
  readonly missing: readonly { readonly thingId: ThingId; readonly parentId: ThingId; readonly kind: Kind }[];
  /** Things that would be part of themselves, with the way up to themselves. */
  readonly cycles: readonly { readonly thingId: ThingId; readonly path: readonly ThingId[] }[];
}

/** Looks at things as they will be, together with all that is above them, whoever may read it. */
export async function structureFaults(
  things: ReadonlyMap<ThingId, JsonObject>,
  states: Pick<StateStore, 'thing'>,
): Promise<StructureFaults> {
  const above = await withParents(things, states);
  const edges = new Map<ThingId, readonly ThingId[]>();
  for (const [id, thing] of above) edges.set(id, parentsOf(thing));
  const missing = [...things].flatMap(([thingId, thing]) => {
    const kind = kindOf(thing);
    return parentsOf(thing)
      .filter((parentId) => {
        const parent = above.get(parentId);
        return parent === undefined || kindOf(parent) !== kind;
      })
      .map((parentId) => ({ thingId, parentId, kind }));
  });
  const invalid = [...things].flatMap(([thingId, thing]) => {
    const kind = kindOf(thing);
    return hasParentsOf(kind, thing) ? [] : [{ thingId, kind }];
  });
  const cycles = [...things.keys()].flatMap((thingId) => {
    const path = findCycle(edges, thingId);
    return path?.includes(thingId) === true ? [{ thingId, path }] : [];
  });
  return { invalid, missing, cycles };
}

/** The things and those above them, by id, read level by level. */
async function withParents(
  things: ReadonlyMap<ThingId, JsonObject>,
  states: Pick<StateStore, 'thing'>,
): Promise<ReadonlyMap<ThingId, JsonObject>> {
  const found = new Map(things);
  const asked = new Set(things.keys());
  for (let level: readonly JsonObject[] = [...things.values()]; level.length > 0;) {
    const unknown = [...new Set(level.flatMap(parentsOf))].filter((id) => !asked.has(id));
    for (const id of unknown) asked.add(id);
    const parents = (await Promise.all(unknown.map((id) => states.thing(id)))).map(liveThing);
    unknown.forEach((id, index) => {
      const parent = parents[index];
      if (parent !== undefined) found.set(id, parent);
    });
    level = parents.filter((parent) => parent !== undefined);
  }
  return found;
}

function parentsOf(thing: JsonObject): readonly ThingId[] {
  return parentLinks(thing, kindOf(thing)).map(({ parentId }) => parentId);
}

/** Whether `_parents` is of the form that it has on this kind; an empty object, as OpenTwins leaves it, says nothing and is fine. */
function hasParentsOf(kind: Kind, thing: JsonObject): boolean {
  return faultsOf(thing, kind, () => kind).every(
    ({ problem }) => problem === 'parents.empty' || problem === 'parent.self',
  );
}
