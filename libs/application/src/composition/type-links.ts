import { LINKS, NotLinked, PARENTS, PartOfItself, findPath, linkName, parentLinks } from '@gemel/model/composition';
import type { Conflict, Edges, Plan, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { SignalContext } from '../signals/index.js';
import type { GraphReader } from './graph-reader.js';
import type { Lineage } from './lineage.js';
import { holdToTags, tagOf } from './plan-runner.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';

/** A link between types, as callers see it. */
export interface TypeLink {
  /** Instances of the child for each instance of the parent. */
  readonly count: number;
  /** Naming template; undefined for the usual names. */
  readonly name: string | undefined;
  /** Entity tag of the child, which holds the link. */
  readonly etag: string | undefined;
}

export interface LinkEnds {
  readonly parentId: ThingId;
  readonly childId: ThingId;
}

/** What becomes of a link: absent members stay as they are, a name of null is removed. */
export interface LinkChange {
  readonly count?: number | undefined;
  readonly name?: string | null | undefined;
}

/** The links of the graph of types. */
export class TypeLinks {
  constructor(
    private readonly lineage: Lineage,
    private readonly graph: Pick<GraphReader, 'readable'>,
    private readonly runner: PlanRunner,
  ) {}

  /** @throws ThingNotAccessible, NotOfKind, NotLinked */
  async get({ parentId, childId }: LinkEnds, context: SignalContext): Promise<TypeLink> {
    const { child } = await this.lineage.requireEnds('type', { parentId, childId }, context);
    const { thing } = child;
    const link = parentLinks(thing, 'type').find((each) => each.parentId === parentId);
    if (link === undefined) throw new NotLinked(childId, parentId);
    return { count: link.count, name: linkName(thing, parentId), etag: tagOf(child) };
  }

  /** Links a type below another one, or changes the link. @throws ThingNotAccessible, NotOfKind, PlanRefused */
  set(ends: LinkEnds, change: LinkChange, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    const { parentId } = ends;
    return this.runner.run(
      async (context): Promise<Plan> => {
        // Together, as the store may be far away.
        const [{ child }, edges] = await Promise.all([
          this.lineage.requireEnds('type', ends, context),
          this.lineage.edgesAbove('type', [parentId]),
        ]);
        holdToTags(mode, child, 'modify');
        const { thing } = child;
        const known = parentLinks(thing, 'type').find((link) => link.parentId === parentId);
        const count = change.count ?? known?.count ?? 1;
        const steps = linkSteps(thing, ends, { [parentId]: count }, settingsPatch(thing, parentId, change.name));
        return { steps, conflicts: known === undefined ? await this.#cycle(ends, edges, context) : [] };
      },
      mode,
      caller,
    );
  }

  /** @throws ThingNotAccessible, NotOfKind, NotLinked, PlanRefused */
  remove(ends: LinkEnds, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    const { parentId, childId } = ends;
    return this.runner.run(
      async (context): Promise<Plan> => {
        const { child } = await this.lineage.requireEnds('type', ends, context);
        holdToTags(mode, child, 'delete');
        const { thing } = child;
        const parents = valueAt(thing, PARENTS);
        if (!isJsonObject(parents) || !Object.hasOwn(parents, parentId)) throw new NotLinked(childId, parentId);
        const patch = Object.keys(parents).length > 1 ? { [parentId]: null } : null;
        return { steps: linkSteps(thing, ends, patch, settingsPatch(thing, parentId, null)), conflicts: [] };
      },
      mode,
      caller,
    );
  }

  async #cycle(
    { parentId, childId }: LinkEnds,
    edges: Edges<ThingId>,
    context: SignalContext,
  ): Promise<readonly Conflict[]> {
    const path = findPath(edges, parentId, childId);
    if (path === undefined) return [];
    const shown = await this.graph.readable([...path.toReversed(), childId], context);
    return [{ thingId: childId, error: new PartOfItself(shown) }];
  }
}

/** One merge of what changes of both attributes. */
function linkSteps(
  thing: JsonObject,
  { childId }: LinkEnds,
  parents: JsonValue,
  settings: JsonValue | undefined,
): readonly Step[] {
  const value = { _parents: parents, ...(settings === undefined ? {} : { _links: settings }) };
  const before = Object.fromEntries(
    Object.keys(value).flatMap((key) => {
      const stored = valueAt(thing, ['attributes', key]);
      return stored === undefined ? [] : [[key, stored]];
    }),
  );
  return [{ command: { kind: 'merge', thingId: childId, path: ['attributes'], value }, before }];
}

/** What becomes of the attribute with the settings; undefined when it stays. */
function settingsPatch(thing: JsonObject, parentId: ThingId, name: string | null | undefined): JsonValue | undefined {
  const stored = valueAt(thing, LINKS);
  if (name === undefined || (name === null && valueAt(stored, [parentId]) === undefined)) return undefined;
  if (name !== null) return { [parentId]: { name } };
  return isJsonObject(stored) && Object.keys(stored).length > 1 ? { [parentId]: null } : null;
}
