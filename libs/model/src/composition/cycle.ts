/** What each thing leads to; an absent key leads nowhere. */
export type Edges<Id extends string> = ReadonlyMap<Id, readonly Id[]>;

/** A way from one thing to another along the edges, both included; undefined when there is none. */
export function findPath<Id extends string>(edges: Edges<Id>, from: Id, to: Id): readonly Id[] | undefined {
  const cameFrom = new Map<Id, Id | undefined>([[from, undefined]]);
  // A Map iterates over what is added meanwhile: it is the queue, too.
  for (const id of cameFrom.keys()) {
    if (id === to) return pathTo(cameFrom, to);
    for (const next of edges.get(id) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, id);
  }
  return undefined;
}

/** A cycle that can be reached from a thing, its first thing repeated at the end; undefined when there is none. */
export function findCycle<Id extends string>(edges: Edges<Id>, from: Id): readonly Id[] | undefined {
  const finished = new Set<Id>();
  const path: Id[] = [];
  const onPath = new Set<Id>();
  const pending: (readonly [Id, Iterator<Id>])[] = [];
  const enter = (id: Id) => {
    path.push(id);
    onPath.add(id);
    pending.push([id, (edges.get(id) ?? []).values()]);
  };
  enter(from);
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    const [id, rest] = top;
    const next = rest.next();
    if (next.done === true) {
      pending.pop();
      path.pop();
      onPath.delete(id);
      finished.add(id);
    } else if (onPath.has(next.value)) {
      return [...path.slice(path.indexOf(next.value)), next.value];
    } else if (!finished.has(next.value)) {
      enter(next.value);
    }
  }
  return undefined;
}

function pathTo<Id extends string>(cameFrom: ReadonlyMap<Id, Id | undefined>, to: Id): readonly Id[] {
  const path: Id[] = [];
  for (let id: Id | undefined = to; id !== undefined; id = cameFrom.get(id)) path.unshift(id);
  return path;
}
