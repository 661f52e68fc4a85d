import {
  NotLinked,
  PARENTS,
  PartOfItself,
  ambiguousName,
  compareSiblings,
  findPath,
  linkName,
  parentLinks,
  rankOf,
  settingsPatch,
  siblingOf,
} from '@gemel/model/composition';
import type { Conflict, Edges, Plan, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { Thing } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import type { GraphReader } from './graph-reader.js';
import type { Lineage } from './lineage.js';
import { holdToTags, tagOf } from './plan-runner.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';
import { placed, siblingsOf } from './sibling-order.js';
import type { SiblingOrder } from './sibling-order.js';

/** A link between types, as callers see it. */
export interface TypeLink {
  /** Instances of the child for each instance of the parent. */
  readonly count: number;
  /** Naming template; undefined for the usual names. */
  readonly name: string | undefined;
  /** Index among the children of the parent, from 0, as the caller sees them; undefined for where its ID leads. */
  readonly position: number | undefined;
  /** Entity tag of the child, which holds the link. */
  readonly etag: string | undefined;
}

export interface LinkEnds {
  readonly parentId: ThingId;
  readonly childId: ThingId;
}

/** What becomes of a link: absent members stay as they are, a name or a position of null is removed. */
export interface LinkChange {
  readonly count?: number | undefined;
  readonly name?: string | null | undefined;
  /** Index among the other children, from 0. */
  readonly position?: number | null | undefined;
}

/** The links of the graph of types. */
export class TypeLinks {
  constructor(
    private readonly lineage: Lineage,
    private readonly graph: Pick<GraphReader, 'readable'>,
    private readonly parts: { readonly runner: PlanRunner; readonly order: SiblingOrder },
  ) {}

  /** @throws ThingNotAccessible, NotOfKind, NotLinked */
  async get({ parentId, childId }: LinkEnds, context: SignalContext): Promise<TypeLink> {
    const { child } = await this.lineage.requireEnds('type', { parentId, childId }, context);
    const { thing } = child;
    const link = parentLinks(thing, 'type').find((each) => each.parentId === parentId);
    if (link === undefined) throw new NotLinked(childId, parentId);
    const position = await this.#positionOf(thing, parentId, context);
    return { count: link.count, name: linkName(thing, parentId), position, etag: tagOf(child) };
  }

  /** Links a type below another one, or changes the link. @throws ThingNotAccessible, NotOfKind, PlanRefused */
  set(ends: LinkEnds, change: LinkChange, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    const { parentId, childId } = ends;
    const { position, name } = change;
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        // Together, as the store may be far away.
        const [{ child }, edges, family] = await Promise.all([
          this.lineage.requireEnds('type', ends, context),
          this.lineage.edgesAbove('type', [parentId]),
          typeof position === 'number' ? this.parts.order.family('type', parentId, context) : undefined,
        ]);
        holdToTags(mode, child, 'modify');
        const { thing } = child;
        const known = parentLinks(thing, 'type').find((link) => link.parentId === parentId);
        const count = change.count ?? known?.count ?? 1;
        const place =
          family === undefined ? undefined : placed(family, siblingOf('type', parentId, childId, thing), position ?? 0);
        const settings = settingsPatch(thing, parentId, {
          name,
          position: place === undefined ? position : place.rank,
        });
        const steps = [...linkSteps(thing, ends, { [parentId]: count }, settings), ...(place?.others ?? [])];
        const cycle = known === undefined ? await this.#cycle(ends, edges, context) : [];
        return { steps, conflicts: [...cycle, ...nameFault(thing, ends, change, count)] };
      },
      mode,
      caller,
    );
  }

  /** @throws ThingNotAccessible, NotOfKind, NotLinked, PlanRefused */
  remove(ends: LinkEnds, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    const { parentId, childId } = ends;
    return this.parts.runner.run(
      async (context): Promise<Plan> => {
        const { child } = await this.lineage.requireEnds('type', ends, context);
        holdToTags(mode, child, 'delete');
        const { thing } = child;
        const parents = valueAt(thing, PARENTS);
        if (!isJsonObject(parents) || !Object.hasOwn(parents, parentId)) throw new NotLinked(childId, parentId);
        const patch = Object.keys(parents).length > 1 ? { [parentId]: null } : null;
        return { steps: linkSteps(thing, ends, patch, settingsPatch(thing, parentId, GONE)), conflicts: [] };
      },
      mode,
      caller,
    );
  }

  async #positionOf(thing: Thing, parentId: ThingId, context: SignalContext): Promise<number | undefined> {
    if (rankOf('type', parentId, thing) === undefined) return undefined;
    const siblings = siblingsOf(await this.parts.order.family('type', parentId, context));
    return siblings.toSorted(compareSiblings).findIndex(({ id }) => id === thing.thingId);
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

/** Links that are named so already may have another position. */
function nameFault(thing: JsonObject, ends: LinkEnds, change: LinkChange, count: number): readonly Conflict[] {
  const { childId, parentId } = ends;
  if (change.name === undefined && change.count === undefined) return [];
  const error = ambiguousName(change.name === undefined ? linkName(thing, parentId) : change.name, count);
  return error === undefined ? [] : [{ thingId: childId, error }];
}

const GONE = { name: null, position: null };

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
