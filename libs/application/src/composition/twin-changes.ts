import {
  HiddenBelow,
  NotOfKind,
  PARENTS,
  POSITION,
  ParentNotFound,
  PartOfItself,
  PositionOfRoot,
  findPath,
  parentLinks,
  planTwins,
} from '@gemel/model/composition';
import type { Conflict, Edges, Kind, Plan, Sources, Step, TwinRequest } from '@gemel/model/composition';
import { namespaceOf, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { ThingNotAccessible } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import { childrenOfAny } from './criteria.js';
import { frozenSources } from './frozen-sources.js';
import { MAX_THINGS } from './graph-reader.js';
import type { GraphReader } from './graph-reader.js';
import type { Lineage } from './lineage.js';
import { holdToTags } from './plan-runner.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';
import { placed } from './sibling-order.js';
import type { Place, SiblingOrder } from './sibling-order.js';
import { seenTypes, sourcesOf, templated } from './sources.js';
import type { TwinApi } from './twin-api.js';

/** Where a twin goes: absent members stay as they are. */
export interface Move {
  /** Null for none. */
  readonly parent?: ThingId | null | undefined;
  /** Index among the other children of the parent, from 0; null for where its ID leads, as without. */
  readonly position?: number | null | undefined;
}

/** A twin that is to become a parent, if the caller sees that it is one, and the links above it. */
interface NewParent {
  readonly parent: ThingId;
  readonly isTwin: boolean;
  readonly edges: Edges<ThingId>;
}

/** Changes of trees of twins: each a plan first, then one commit. */
export class TwinChanges {
  constructor(
    private readonly api: Pick<TwinApi, 'search' | 'ids' | 'templates' | 'frozen'>,
    private readonly lineage: Lineage,
    private readonly graph: Pick<GraphReader, 'readable'>,
    private readonly parts: { readonly runner: PlanRunner; readonly order: SiblingOrder },
  ) {}

  /** Creates the twins that a type, or a version of it, describes. @throws ThingNotAccessible, NotOfKind, PlanRefused, VersionNotFound */
  instantiate(typeId: ThingId, request: TwinRequest, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.#make('type', typeId, request, mode, caller);
  }

  /** Copies a twin with all below it, as `instantiate` does of a type. */
  duplicate(twinId: ThingId, request: TwinRequest, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.#make('twin', twinId, request, mode, caller);
  }

  /**
   * Gives a twin another parent, or none, all below it with it, or another place among its siblings.
   * @throws ThingNotAccessible, NotOfKind, PositionOfRoot, PlanRefused
   */
  move(twinId: ThingId, move: Move, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        // Together, as the store may be far away.
        const [match, ahead] = await Promise.all([
          this.lineage.require('twin', twinId, context),
          move.parent === undefined || move.parent === null ? undefined : this.#above(move.parent, context),
        ]);
        holdToTags(mode, match, 'modify');
        const before = parentLinks(match.thing, 'twin')[0]?.parentId;
        const parent = move.parent === undefined ? before : (move.parent ?? undefined);
        const stays = move.parent === undefined || (valueAt(match.thing, PARENTS) ?? undefined) === parent;
        const place = await this.#placeOf(match.thing, { parent, stays, position: move.position }, context);
        const own = ownStep(match.thing, stays ? undefined : (parent ?? null), place.rank);
        const conflicts = stays || ahead === undefined ? [] : await this.#againstParent(ahead, [twinId], context);
        return { steps: [...(own === undefined ? [] : [own]), ...place.others], conflicts };
      },
      mode,
      caller,
    );
  }

  /** What becomes of the ranks below a parent: of the twin's own, undefined for as it is, and of others. */
  async #placeOf(
    thing: Thing,
    {
      parent,
      stays,
      position,
    }: Pick<Move, 'position'> & { readonly parent: ThingId | undefined; readonly stays: boolean },
    context: SignalContext,
  ): Promise<Place> {
    if (position === undefined && stays) return { rank: undefined, others: [] };
    // A place with another parent says nothing here.
    if (position === undefined || position === null) return { rank: null, others: [] };
    if (parent === undefined) throw new PositionOfRoot(thing.thingId);
    const family = await this.parts.order.family('twin', parent, context);
    const rank = valueAt(thing, POSITION) ?? null;
    const found = placed(family, { id: thing.thingId, rank: stays ? rank : null }, position);
    return stays ? found : { ...found, rank: found.rank ?? null };
  }

  /**
   * Deletes a twin: with all below it, or after unlinking its children.
   * @throws ThingNotAccessible, NotOfKind, CompositionTooLarge, PlanRefused
   */
  delete(
    twinId: ThingId,
    { tree, ...mode }: RunMode & { readonly tree: boolean },
    caller: SignalContext,
  ): Promise<PlanOutcome> {
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        const root = await this.lineage.require('twin', twinId, context);
        holdToTags(mode, root, 'delete');
        if (tree) {
          const found = await this.lineage.below('twin', root, Infinity, context);
          const hidden = await this.lineage.isMoreBelow(found);
          return {
            steps: [...found.keys()].toReversed().map(deletion),
            conflicts: hidden ? [hiddenBelow(twinId)] : [],
          };
        }
        const below = childrenOfAny('twin', [twinId]);
        const children = await this.api.search.matches(below, context);
        const hidden = (await this.api.search.countOfAll(below)) > children.length;
        const unlinks = children
          .filter(({ thing }) => thing.thingId !== twinId)
          .flatMap(({ thing }) => ownStep(thing, null, null) ?? []);
        return { steps: [...unlinks, deletion(twinId)], conflicts: hidden ? [hiddenBelow(twinId)] : [] };
      },
      mode,
      caller,
    );
  }

  #make(
    kind: Kind,
    sourceId: ThingId,
    request: TwinRequest,
    mode: RunMode,
    caller: SignalContext,
  ): Promise<PlanOutcome> {
    const { parent, position = 0, policy, resetValues, values, children } = request;
    const isUnplaced = request.position === undefined;
    const thingId = request.thingId ?? parseThingId(`${namespaceOf(sourceId)}:${this.api.ids.uuid()}`);
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        const [sources, above, family] = await Promise.all([
          this.#sources(kind, sourceId, request.version, context),
          parent === undefined ? undefined : this.#above(parent, context),
          parent === undefined || isUnplaced ? undefined : this.parts.order.family('twin', parent, context),
        ]);
        const place = family === undefined ? undefined : placed(family, { id: thingId, rank: null }, position);
        const seed = { sourceId, thingId, parent, rank: place?.rank ?? undefined, values, children };
        const plan = planTwins(sources, [seed], { kind, policy, resetValues, maxThings: MAX_THINGS });
        if (above === undefined) return plan;
        const created = plan.steps.map(({ command }) => command.thingId);
        return {
          steps: [...plan.steps, ...(place?.others ?? [])],
          conflicts: [...plan.conflicts, ...(await this.#againstParent(above, created, context))],
        };
      },
      mode,
      caller,
    );
  }

  /** What new twins are made of: as it is now, or as a version of a type was. */
  async #sources(kind: Kind, sourceId: ThingId, version: string | undefined, context: SignalContext): Promise<Sources> {
    const { lineage, api } = this;
    const root = await lineage.require(kind, sourceId, context);
    if (version !== undefined) return frozenSources(sourceId, version, { lineage, api }, context);
    const found = sourcesOf(kind, await lineage.below(kind, root, Infinity, context));
    return kind === 'twin' ? found : templated(found, api.templates, seenTypes(lineage, context));
  }

  async #above(parent: ThingId, context: SignalContext): Promise<NewParent> {
    const [isTwin, edges] = await Promise.all([
      this.#isTwin(parent, context),
      this.lineage.edgesAbove('twin', [parent]),
    ]);
    return { parent, isTwin, edges };
  }

  /** What stands against a parent of the first of some things, which are or will be one tree. */
  async #againstParent(
    { parent, isTwin, edges }: NewParent,
    below: readonly ThingId[],
    context: SignalContext,
  ): Promise<readonly Conflict[]> {
    const [thingId = parent] = below;
    if (!isTwin) return [{ thingId, error: new ParentNotFound(parent, 'twin') }];
    const paths = below.filter((id) => edges.has(id)).map((id) => findPath(edges, parent, id));
    const path = paths.find((each) => each !== undefined);
    if (path === undefined) return [];
    const shown = await this.graph.readable([...path.toReversed(), thingId], context);
    return [{ thingId, error: new PartOfItself(shown) }];
  }

  async #isTwin(id: ThingId, context: SignalContext): Promise<boolean> {
    try {
      await this.lineage.require('twin', id, context);
      return true;
    } catch (error) {
      if (error instanceof ThingNotAccessible || error instanceof NotOfKind) return false;
      throw error;
    }
  }
}

/** What becomes of the twin itself: undefined members stay; undefined when nothing changes. */
function ownStep(thing: Thing, parent: ThingId | null | undefined, rank: number | null | undefined): Step | undefined {
  const { thingId } = thing;
  const changes: Record<string, JsonValue> = {};
  if (parent !== undefined) changes['_parents'] = parent;
  if (rank !== undefined && rank !== (valueAt(thing, POSITION) ?? null)) changes['_position'] = rank;
  const [only, ...more] = Object.keys(changes);
  if (only === undefined) return undefined;
  const attributes = valueAt(thing, ['attributes']);
  if (more.length === 0) {
    const path = ['attributes', only];
    return { command: { kind: 'merge', thingId, path, value: changes[only] ?? null }, before: valueAt(thing, path) };
  }
  const before = Object.fromEntries(
    Object.keys(changes).flatMap((key) => {
      const stored = valueAt(attributes, [key]);
      return stored === undefined ? [] : [[key, stored]];
    }),
  );
  return { command: { kind: 'merge', thingId, path: ['attributes'], value: changes }, before };
}

function deletion(thingId: ThingId): Step {
  return { command: { kind: 'delete', thingId, path: [] } };
}

function hiddenBelow(thingId: ThingId): Conflict {
  return { thingId, error: new HiddenBelow(thingId) };
}
