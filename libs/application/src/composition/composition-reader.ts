import { positionPointer } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { formatPointer } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import type { ThingMatch } from '../ports/index.js';
import type { Scope, SearchPage, SearchRequest } from '../search/index.js';
import { checkPreconditions, entityTag, knowingRights } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { THING_PRECONDITIONS, project } from '../things/index.js';
import type { ThingReply } from '../things/index.js';
import { childrenOfAny, ofKind, rootsOfKind, withId } from './criteria.js';
import type { Descendant, Lineage } from './lineage.js';
import type { TwinApi } from './twin-api.js';

/** A page as the caller asks for it. */
export type PageRequest = Pick<SearchRequest, 'filter' | 'option' | 'fields'>;

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

  /**
   * A twin as it is shown, with the member `children`, each like it; without the member where the tree is cut off at the
   * depth asked for.
   * @throws ThingNotAccessible, NotOfKind, CompositionTooLarge
   */
  async tree(
    id: ThingId,
    { depth, fields }: { readonly depth: number; readonly fields: FieldSelector | undefined },
    caller: SignalContext,
  ): Promise<JsonObject> {
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

  #page(page: PageRequest & Pick<SearchRequest, 'sort'>, scope: Scope, context: SignalContext): Promise<SearchPage> {
    return this.api.search.search({ ...page, scope }, context);
  }
}

function shown({ thing, state }: ThingMatch, fields: FieldSelector | undefined): JsonObject {
  return project(thing, state, fields);
}

/** From the lowest upward, so that no depth is too deep; what closes a cycle is left out. */
function treeOf(found: ReadonlyMap<ThingId, Descendant>, fields: FieldSelector | undefined): JsonObject {
  const trees = new Map<ThingId, JsonObject>();
  let tree: JsonObject = {};
  for (const [id, { match, children }] of [...found].toReversed()) {
    const thing = shown(match, fields);
    tree = children === undefined ? thing : { ...thing, children: children.flatMap((child) => taken(trees, child)) };
    trees.set(id, tree);
  }
  return tree;
}

/** Each is in one place. */
function taken(trees: Map<ThingId, JsonObject>, { thing: { thingId } }: ThingMatch): readonly JsonObject[] {
  const tree = trees.get(thingId);
  trees.delete(thingId);
  return tree === undefined ? [] : [tree];
}
