import {
  ParentNotFound,
  ParentsInvalid,
  PartOfItself,
  ThingHasChildren,
  faultsOf,
  findCycle,
  kindOf,
  parentLinks,
} from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import { childrenOfAny, linkedOfKind } from '../composition/index.js';
import type { StateStore } from '../ports/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';

/** A thing that is to be stored, by what it is and what it will be. */
export interface Arrival {
  readonly before: Thing | undefined;
  readonly after: JsonObject;
}

/** What stands against a thing because of those above and below it. */
export interface StructureFault {
  readonly thingId: ThingId;
  readonly error: GemelError;
  readonly problem: 'parents' | 'parent' | 'children' | 'cycle';
  /** Of the problem `parent`: that which is not there, or of the other kind, or a new one that the caller may not read. */
  readonly parentId?: ThingId;
}

export interface StructureParts {
  readonly states: Pick<StateStore, 'thing'>;
  readonly search: Pick<SearchService, 'named' | 'visitAll'>;
}

type Things = ReadonlyMap<ThingId, JsonObject>;

/** Children of so many are searched for by their parents; those of more among all that have any. */
const FEW_PARENTS = 200;
const ignore = (): void => undefined;

/**
 * Looks at things as they will be when they are stored together, with all that is above them, whoever may read it; the
 * caller is told of nothing that they may not read.
 */
export async function structureFaults(
  arrivals: ReadonlyMap<ThingId, Arrival>,
  parts: StructureParts,
  context: SignalContext,
): Promise<readonly StructureFault[]> {
  const things = new Map([...arrivals].map(([id, { after }]) => [id, after]));
  const above = await withParents(things, parts.states);
  return [
    ...invalidParents(things),
    ...(await missingParents(arrivals, above, parts, context)),
    ...(await lostChildren(arrivals, parts)),
    ...(await cycles(things, above, parts, context)),
  ];
}

/** Another kind of value than what a thing of the kind has there, a count like "3abc". */
function invalidParents(things: Things): readonly StructureFault[] {
  return [...things].flatMap(([thingId, thing]): readonly StructureFault[] => {
    const kind = kindOf(thing);
    return hasParentsOf(kind, thing) ? [] : [{ thingId, error: new ParentsInvalid(thingId, kind), problem: 'parents' }];
  });
}

async function missingParents(
  arrivals: ReadonlyMap<ThingId, Arrival>,
  above: Things,
  { search }: StructureParts,
  context: SignalContext,
): Promise<readonly StructureFault[]> {
  const links = [...arrivals].flatMap(([thingId, { before, after }]) => {
    const known = new Set(before === undefined ? [] : parentsOf(before));
    const kind = kindOf(after);
    return parentsOf(after).map((parentId) => ({ thingId, parentId, kind, isNew: !known.has(parentId) }));
  });
  const unseen = new Set(links.filter(({ isNew, parentId }) => isNew && !arrivals.has(parentId)).map(idOfParent));
  for (const { thing } of unseen.size === 0 ? [] : await search.named([...unseen], context))
    unseen.delete(thing.thingId);
  return links.flatMap(({ thingId, parentId, kind, isNew }): readonly StructureFault[] => {
    const parent = above.get(parentId);
    const isThere = parent !== undefined && kindOf(parent) === kind && !(isNew && unseen.has(parentId));
    return isThere ? [] : [{ thingId, error: new ParentNotFound(parentId, kind), problem: 'parent', parentId }];
  });
}

/** Things that become types or twins while others, which are not brought along, have them as their parent. */
async function lostChildren(
  arrivals: ReadonlyMap<ThingId, Arrival>,
  { search }: StructureParts,
): Promise<readonly StructureFault[]> {
  const faults: StructureFault[] = [];
  for (const kind of ['type', 'twin'] as const) {
    const turned = new Set<ThingId>();
    for (const [id, { before, after }] of arrivals)
      if (before !== undefined && kindOf(before) === kind && kindOf(after) !== kind) turned.add(id);
    if (turned.size === 0) continue;
    const scope = turned.size > FEW_PARENTS ? linkedOfKind(kind) : childrenOfAny(kind, [...turned]);
    const parents = new Set<ThingId>();
    await search.visitAll(
      { filter: undefined, criteria: scope.criteria, kind: scope.kind, namespaces: undefined },
      ({ thing }) => {
        if (arrivals.has(thing.thingId)) return;
        for (const { parentId } of parentLinks(thing, kind)) if (turned.has(parentId)) parents.add(parentId);
      },
      ignore,
    );
    for (const thingId of parents) faults.push({ thingId, error: new ThingHasChildren(thingId), problem: 'children' });
  }
  return faults;
}

/** Things that would be part of themselves, with the way up to themselves. */
async function cycles(
  things: Things,
  above: Things,
  { search }: StructureParts,
  context: SignalContext,
): Promise<readonly StructureFault[]> {
  const edges = new Map<ThingId, readonly ThingId[]>();
  for (const [id, thing] of above) edges.set(id, parentsOf(thing));
  const paths = [...things.keys()].flatMap((thingId) => {
    const path = findCycle(edges, thingId);
    return path?.includes(thingId) === true ? [{ thingId, path }] : [];
  });
  const others = new Set(paths.flatMap(({ path }) => path).filter((id) => !things.has(id)));
  for (const { thing } of others.size === 0 ? [] : await search.named([...others], context))
    others.delete(thing.thingId);
  return paths.map(({ thingId, path }) => {
    const shown = path.map((id) => (others.has(id) ? '…' : id));
    return { thingId, error: new PartOfItself(shown), problem: 'cycle' };
  });
}

/** The things and those above them, by id, read level by level. */
async function withParents(things: Things, states: Pick<StateStore, 'thing'>): Promise<Things> {
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

function idOfParent({ parentId }: { readonly parentId: ThingId }): ThingId {
  return parentId;
}

/** Whether `_parents` is of the form that it has on this kind; an empty object, as OpenTwins leaves it, says nothing and is fine. */
function hasParentsOf(kind: Kind, thing: JsonObject): boolean {
  return faultsOf(thing, kind, () => kind).every(
    ({ problem }) => problem === 'parents.empty' || problem === 'parent.self',
  );
}
