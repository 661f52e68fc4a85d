import { positionPointer } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { formatPointer } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import type { Criteria } from '@gemel/model/rql';
import type { ThingMatch } from '../ports/index.js';
import type { SearchPage, SearchRequest } from '../search/index.js';
import { checkPreconditions, entityTag, knowingRights } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { THING_PRECONDITIONS, project } from '../things/index.js';
import type { ThingReply } from '../things/index.js';
import { childrenOfAny, ofKind, rootsOfKind, withId } from './criteria.js';
import type { Descendant, Lineage } from './lineage.js';
import type { TwinApi } from './twin-api.js';

/** A page as the caller asks for it. */
export type PageRequest = Pick<SearchRequest, 'filter' | 'option' | 'fields'>;

/** A twin with all twins below it. */
export interface Tree {
  readonly thing: JsonObject;
  /** By thing id; absent where the tree was cut off at the depth asked for. */
  readonly children?: readonly Tree[];
}

/** Reads of types, or of twins, and of what is linked to them, with the caller's rights. */
export class CompositionReader {
  constructor(
    private readonly kind: Kind,
    private readonly api: Pick<TwinApi, 'search'>,
    private readonly lineage: Lineage,
  ) {}

  /** @throws ThingNotAccessible, NotOfKind; what entity tags are refused with, 304 if it is spared */
  async one(id: ThingId, fields: FieldSelector | undefined, context: SignalContext): Promise<ThingReply> {
    const match = await this.lineage.require(this.kind, id, context);
    const { revision } = match.state;
    const etag = entityTag(match.thing, revision, []);
    checkPreconditions(context.preconditions ?? {}, etag, 'retrieve', THING_PRECONDITIONS);
    return { outcome: 'retrieved', thingId: id, path: [], value: shown(match, fields), revision, etag };
  }

  /** @throws RqlExpressionInvalid, SearchOptionInvalid, and so do the other pages */
  list(page: PageRequest, which: 'all' | 'roots', context: SignalContext): Promise<SearchPage> {
    return this.#page(page, which === 'all' ? ofKind(this.kind) : rootsOfKind(this.kind), context);
  }

  /** @throws ThingNotAccessible, NotOfKind */
  async children(id: ThingId, page: PageRequest, caller: SignalContext): Promise<SearchPage> {
    const context = knowingRights(caller);
    await this.lineage.require(this.kind, id, context);
    const property = formatPointer(positionPointer(this.kind, id)).slice(1);
    const sort = [{ direction: 'asc', property } as const];
    return this.#page({ ...page, sort }, childrenOfAny(this.kind, [id]), context);
  }

  /** @throws ThingNotAccessible, NotOfKind, CompositionTooLarge */
  async descendants(id: ThingId, page: PageRequest, caller: SignalContext): Promise<SearchPage> {
    const context = knowingRights(caller);
    const root = await this.lineage.require(this.kind, id, context);
    const below = [...(await this.lineage.below(this.kind, root, Infinity, context)).keys()].filter(
      (found) => found !== id,
    );
    return this.#page(page, withId(...below), context);
  }

  /** The nearest first. @throws ThingNotAccessible, NotOfKind */
  async ancestors(
    id: ThingId,
    fields: FieldSelector | undefined,
    caller: SignalContext,
  ): Promise<readonly JsonObject[]> {
    const context = knowingRights(caller);
    const root = await this.lineage.require(this.kind, id, context);
    return (await this.lineage.above(this.kind, root, context)).map((match) => shown(match, fields));
  }

  /** @throws ThingNotAccessible, NotOfKind, CompositionTooLarge */
  async tree(
    id: ThingId,
    { depth, fields }: { readonly depth: number; readonly fields: FieldSelector | undefined },
    caller: SignalContext,
  ): Promise<Tree> {
    const context = knowingRights(caller);
    const root = await this.lineage.require(this.kind, id, context);
    return treeOf(await this.lineage.below(this.kind, root, depth, context), fields);
  }

  /** A thing and what is below it down to a depth, as a list. @throws as `tree` */
  async listTree(id: ThingId, depth: number, caller: SignalContext): Promise<readonly JsonObject[]> {
    const context = knowingRights(caller);
    const root = await this.lineage.require(this.kind, id, context);
    return [...(await this.lineage.below(this.kind, root, depth, context)).values()].map(({ match }) => match.thing);
  }

  #page(page: PageRequest & Pick<SearchRequest, 'sort'>, scope: Criteria, context: SignalContext): Promise<SearchPage> {
    return this.api.search.search({ ...page, scope }, context);
  }
}

function shown({ thing, state }: ThingMatch, fields: FieldSelector | undefined): JsonObject {
  return project(thing, state, fields);
}

interface Growing {
  readonly thing: JsonObject;
  children?: Growing[];
}

/** From the lowest upward, so that no depth is too deep; what closes a cycle is left out. */
function treeOf(found: ReadonlyMap<ThingId, Descendant>, fields: FieldSelector | undefined): Tree {
  const trees = new Map<ThingId, Growing>();
  for (const [id, { match }] of found) trees.set(id, { thing: shown(match, fields) });
  const placed = new Set<Growing>();
  let root: Growing = { thing: {} };
  for (const [id, { children }] of found) {
    const tree = trees.get(id);
    if (tree === undefined) continue;
    if (placed.size === 0) {
      root = tree;
      placed.add(tree);
    }
    if (children === undefined) continue;
    tree.children = children
      .flatMap(({ thing }) => trees.get(thing.thingId) ?? [])
      .filter((child) => !placed.has(child));
    for (const child of tree.children) placed.add(child);
  }
  return root;
}
