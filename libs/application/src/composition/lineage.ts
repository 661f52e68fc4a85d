import {
  CompositionTooLarge,
  NotOfKind,
  compareSiblings,
  parentLinks,
  positionPointer,
  siblingOf,
} from '@gemel/model/composition';
import type { Edges, Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import { ThingNotAccessible } from '@gemel/model/things';
import type { ThingMatch } from '../ports/index.js';
import type { Scope } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { childrenOfAny, linkedOfKind, ofKind } from './criteria.js';
import { MAX_THINGS } from './graph-reader.js';
import { edgesAbove } from './path-up.js';
import { storedKind } from './stored-kind.js';
import type { TwinApi } from './twin-api.js';

/** A thing as the caller sees it, and what they see of its children, by thing id. */
export interface Descendant {
  readonly match: ThingMatch;
  /** Undefined when nobody looked: it stands at the lowest level that was asked for. */
  children: ThingMatch[] | undefined;
}

/** Levels that are searched for one by one; a deeper composition is read from all links at once. */
const MAX_SEARCHES = 32;
/** Parents from which on a level is searched for in parts. */
const LARGE_LEVEL = 500;
const PARTS = 4;

type Find = (scope: Scope) => Promise<readonly ThingMatch[]>;

/**
 * Walks along links with the caller's rights: a thing of which they may read nothing is not there, and so is what can be
 * reached only through it. Each thing is met once, whatever its links say.
 */
export class Lineage {
  constructor(private readonly api: Pick<TwinApi, 'search' | 'states' | 'memory'>) {}

  /** @throws ThingNotAccessible; NotOfKind, whether or not the caller sees which kind it is of */
  async require(kind: Kind, id: ThingId, context: SignalContext): Promise<ThingMatch> {
    return required(kind, id, await this.api.search.named([id], context));
  }

  /** As `require`, of a parent and a child in one question. */
  async requireEnds(
    kind: Kind,
    { parentId, childId }: { readonly parentId: ThingId; readonly childId: ThingId },
    context: SignalContext,
  ): Promise<{ readonly parent: ThingMatch; readonly child: ThingMatch }> {
    const found = await this.api.search.named([parentId, childId], context);
    return { parent: required(kind, parentId, found), child: required(kind, childId, found) };
  }

  /**
   * A thing and what is below it, level by level.
   * @param depth levels below the thing; 0 for the thing alone
   * @throws CompositionTooLarge beyond {@link MAX_THINGS}
   */
  async below(
    kind: Kind,
    root: ThingMatch,
    depth: number,
    context: SignalContext,
  ): Promise<ReadonlyMap<ThingId, Descendant>> {
    const found = new Map<ThingId, Descendant>([[root.thing.thingId, { match: root, children: undefined }]]);
    const childrenOf = childFinder(kind, (scope) => this.api.search.matches(scope, context));
    let level: ReadonlySet<ThingId> = new Set(found.keys());
    for (let reached = 0; reached < depth && level.size > 0; reached++) {
      const next = new Set<ThingId>();
      for (const id of level) children(found, id);
      for (const match of await childrenOf(level)) {
        const { thingId } = match.thing;
        for (const { parentId } of parentLinks(match.thing, kind))
          if (level.has(parentId)) children(found, parentId).push(match);
        if (found.has(thingId)) continue;
        found.set(thingId, { match, children: undefined });
        next.add(thingId);
      }
      for (const id of level) inOrder(kind, found.get(id));
      if (found.size > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
      level = next;
    }
    return found;
  }

  /** What is above a thing, the nearest first. */
  async above(kind: Kind, { thing }: ThingMatch, context: SignalContext): Promise<readonly ThingMatch[]> {
    const known = new Set<ThingId>([thing.thingId]);
    const found: ThingMatch[] = [];
    for (let level: readonly ThingMatch['thing'][] = [thing]; level.length > 0;) {
      const ids = level.flatMap((each) => parentLinks(each, kind)).map(({ parentId }) => parentId);
      const unknown = [...new Set(ids)].filter((id) => !known.has(id));
      for (const id of unknown) known.add(id);
      if (known.size > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
      if (unknown.length === 0) break;
      const matches = await this.api.search.named(unknown, context);
      const parents = matches.filter((match) => storedKind(match.state, match.thing) === kind);
      found.push(...parents);
      level = parents.map((match) => match.thing);
    }
    return found;
  }

  /**
   * The links above some things, whoever may read them: a cycle through what the caller does not see is one, too.
   */
  edgesAbove(kind: Kind, from: readonly ThingId[]): Promise<Edges<ThingId>> {
    return edgesAbove(this.api, kind, from);
  }

  /** What there is in all below some things, whoever may read it, is more than what the caller has found. */
  async isMoreBelow(found: ReadonlyMap<ThingId, Descendant>): Promise<boolean> {
    const seen = [...found.values()].filter(({ match }) =>
      parentLinks(match.thing, 'twin').some(({ parentId }) => found.has(parentId)),
    );
    return (await this.api.search.countOfAll(childrenOfAny('twin', [...found.keys()]))) > seen.length;
  }
}

/** By position, where any of the children has one: they come by thing id. */
function inOrder(kind: Kind, parent: Descendant | undefined): void {
  const children = parent?.children;
  if (parent === undefined || children === undefined) return;
  const { thingId: parentId } = parent.match.thing;
  if (!children.some(({ thing }) => valueAt(thing, positionPointer(kind, parentId)) !== undefined)) return;
  const siblings = children.map((match) => ({ match, ...siblingOf(kind, parentId, match.thing.thingId, match.thing) }));
  parent.children = siblings.toSorted(compareSiblings).map(({ match }) => match);
}

function required(kind: Kind, id: ThingId, found: readonly ThingMatch[]): ThingMatch {
  const match = found.find(({ thing }) => thing.thingId === id);
  if (match === undefined) throw new ThingNotAccessible(id);
  if (storedKind(match.state, match.thing) !== kind) throw new NotOfKind(id, kind);
  return match;
}

function children(found: ReadonlyMap<ThingId, Descendant>, id: ThingId): ThingMatch[] {
  const descendant = found.get(id);
  if (descendant === undefined) return [];
  return (descendant.children ??= []);
}

/** What names one of the parents, each thing once. */
function childFinder(kind: Kind, find: Find): (parents: ReadonlySet<ThingId>) => Promise<Iterable<ThingMatch>> {
  let searches = 0;
  let byParent: ReadonlyMap<ThingId, readonly ThingMatch[]> | undefined;
  return async (parents) => {
    // Types are few, and an index of their links would be one for each parent.
    if (kind === 'twin' && byParent === undefined && searches < MAX_SEARCHES) {
      searches += 1;
      // While one part is looked at, a store that is far away finds the others.
      return (await Promise.all(inParts([...parents]).map((part) => find(childrenOfAny('twin', part))))).flat();
    }
    byParent ??= grouped(kind, await find(kind === 'type' ? ofKind('type') : linkedOfKind(kind)));
    const of = byParent;
    return new Set([...parents].flatMap((id) => of.get(id) ?? []));
  };
}

function inParts(ids: readonly ThingId[]): readonly (readonly ThingId[])[] {
  const size = ids.length < LARGE_LEVEL ? ids.length : Math.ceil(ids.length / PARTS);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, part) => ids.slice(part * size, (part + 1) * size));
}

function grouped(kind: Kind, matches: readonly ThingMatch[]): ReadonlyMap<ThingId, readonly ThingMatch[]> {
  const byParent = new Map<ThingId, ThingMatch[]>();
  for (const match of matches) {
    for (const { parentId } of parentLinks(match.thing, kind)) {
      const siblings = byParent.get(parentId);
      if (siblings === undefined) byParent.set(parentId, [match]);
      else siblings.push(match);
    }
  }
  return byParent;
}
