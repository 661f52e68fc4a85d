import { findPath, kindOf, parentLinks } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { liveThing } from '@gemel/model/things';
import type { StateStore } from '../ports/index.js';

/** The way up from a thing to one of its ancestors, both included; undefined when it is none. Whoever may read them. */
export async function pathUp(
  states: Pick<StateStore, 'thing'>,
  kind: Kind,
  from: ThingId,
  to: ThingId,
): Promise<readonly ThingId[] | undefined> {
  const edges = new Map<ThingId, readonly ThingId[]>();
  const pending = new Set([from]);
  for (const id of pending) {
    const thing = liveThing(await states.thing(id));
    const parents =
      thing === undefined || kindOf(thing) !== kind ? [] : parentLinks(thing, kind).map((link) => link.parentId);
    edges.set(id, parents);
    for (const parentId of parents) pending.add(parentId);
  }
  return findPath(edges, from, to);
}
