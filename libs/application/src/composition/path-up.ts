import { findPath, kindOf, parentLinks } from '@gemel/model/composition';
import type { Edges, Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { liveThing } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { StateStore, ThingMemory } from '../ports/index.js';

/** Where states are read, whoever may read them. */
export interface StateSource {
  readonly states: Pick<StateStore, 'thing'>;
  /** Tells what is likely to be above a thing, so that many levels are one question to the store. */
  readonly memory?: ThingMemory | undefined;
}

/** The links above some things. What memory says is asked of the store before it counts. */
export async function edgesAbove(
  { states, memory }: StateSource,
  kind: Kind,
  from: readonly ThingId[],
): Promise<Edges<ThingId>> {
  const edges = new Map<ThingId, readonly ThingId[]>();
  let isFirst = true;
  for (let pending: readonly ThingId[] = from; pending.length > 0;) {
    const asked = new Set(pending);
    // A set iterates over what is added meanwhile: it is the queue, too.
    if (memory !== undefined)
      for (const id of asked)
        for (const parentId of parentsIn(kind, memory.recall(id))) if (!edges.has(parentId)) asked.add(parentId);
    const ids = [...asked];
    const found =
      memory === undefined ? await allOf(states, ids) : await (isFirst ? memory.refresh(ids) : memory.seen(ids));
    isFirst = false;
    for (const id of ids) edges.set(id, parentsIn(kind, found.get(id)));
    pending = [...new Set(ids.flatMap((id) => edges.get(id) ?? []))].filter((id) => !edges.has(id));
  }
  return edges;
}

/** The way up from a thing to one of its ancestors, both included; undefined when it is none. */
export async function pathUp(
  source: StateSource,
  kind: Kind,
  from: ThingId,
  to: ThingId,
): Promise<readonly ThingId[] | undefined> {
  return findPath(await edgesAbove(source, kind, [from]), from, to);
}

async function allOf(
  states: StateSource['states'],
  ids: readonly ThingId[],
): Promise<ReadonlyMap<string, ThingState | undefined>> {
  const found = await Promise.all(ids.map((id) => states.thing(id)));
  return new Map(ids.map((id, index) => [id, found[index]]));
}

function parentsIn(kind: Kind, state: ThingState | undefined): readonly ThingId[] {
  const thing = liveThing(state);
  if (thing === undefined || kindOf(thing) !== kind) return [];
  return parentLinks(thing, kind).map(({ parentId }) => parentId);
}
