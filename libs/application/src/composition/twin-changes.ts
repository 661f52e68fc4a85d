import {
  HiddenBelow,
  NOTHING,
  NotOfKind,
  PARENTS,
  ParentNotFound,
  PartOfItself,
  findPath,
  linkCommand,
  planTwins,
  unlinkAllCommand,
} from '@gemel/model/composition';
import type { Conflict, Edges, Kind, Plan, Sources, Step, TwinRequest } from '@gemel/model/composition';
import { namespaceOf, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import { ThingNotAccessible } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import { childrenOfAny } from './criteria.js';
import { frozenSources } from './frozen-sources.js';
import { MAX_THINGS } from './graph-reader.js';
import type { GraphReader } from './graph-reader.js';
import type { Lineage } from './lineage.js';
import { holdToTags } from './plan-runner.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';
import { seenTypes, sourcesOf, templated } from './sources.js';
import type { TwinApi } from './twin-api.js';

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
    private readonly runner: PlanRunner,
  ) {}

  /** Creates the twins that a type, or a version of it, describes. @throws ThingNotAccessible, NotOfKind, PlanRefused, VersionNotFound */
  instantiate(typeId: ThingId, request: TwinRequest, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.#make('type', typeId, request, mode, caller);
  }

  /** Copies a twin with all below it, as `instantiate` does of a type. */
  duplicate(twinId: ThingId, request: TwinRequest, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.#make('twin', twinId, request, mode, caller);
  }

  /** Gives a twin another parent, or none, all below it with it. @throws ThingNotAccessible, NotOfKind, PlanRefused */
  move(twinId: ThingId, parent: ThingId | undefined, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.runner.run(
      async (context): Promise<Plan> => {
        // Together, as the store may be far away.
        const [match, above] = await Promise.all([
          this.lineage.require('twin', twinId, context),
          parent === undefined ? undefined : this.#above(parent, context),
        ]);
        holdToTags(mode, match, 'modify');
        const { thing } = match;
        const before = valueAt(thing, PARENTS);
        if ((before ?? undefined) === parent) return NOTHING;
        const command =
          parent === undefined ? unlinkAllCommand(twinId) : linkCommand('twin', twinId, { parentId: parent, count: 1 });
        const conflicts = above === undefined ? [] : await this.#againstParent(above, [twinId], context);
        return { steps: [{ command, before }], conflicts };
      },
      mode,
      caller,
    );
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
    return this.runner.run(
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
          .map(({ thing }): Step => ({ command: unlinkAllCommand(thing.thingId), before: valueAt(thing, PARENTS) }));
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
    const { parent, policy, resetValues, values, children } = request;
    const thingId = request.thingId ?? parseThingId(`${namespaceOf(sourceId)}:${this.api.ids.uuid()}`);
    return this.runner.run(
      async (context): Promise<Plan> => {
        const [sources, above] = await Promise.all([
          this.#sources(kind, sourceId, request.version, context),
          parent === undefined ? undefined : this.#above(parent, context),
        ]);
        const seed = { sourceId, thingId, parent, values, children };
        const plan = planTwins(sources, [seed], { kind, policy, resetValues, maxThings: MAX_THINGS });
        if (above === undefined) return plan;
        const created = plan.steps.map(({ command }) => command.thingId);
        return { ...plan, conflicts: [...plan.conflicts, ...(await this.#againstParent(above, created, context))] };
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

function deletion(thingId: ThingId): Step {
  return { command: { kind: 'delete', thingId, path: [] } };
}

function hiddenBelow(thingId: ThingId): Conflict {
  return { thingId, error: new HiddenBelow(thingId) };
}
