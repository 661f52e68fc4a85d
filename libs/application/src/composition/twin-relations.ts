import {
  RELATIONS,
  RelationNotFound,
  isSameRelation,
  relating,
  relationsOf,
  unrelating,
} from '@gemel/model/composition';
import type { Relation } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { Scope } from '../search/index.js';
import { knowingRights } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PageRequest } from './composition-reader.js';
import { idOf } from './id-of.js';
import type { Lineage } from './lineage.js';
import { holdToTags, tagOf } from './plan-runner.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';
import type { TwinApi } from './twin-api.js';

/** A relation with the twin that has it. */
export interface DirectedRelation extends Relation {
  readonly source: ThingId;
}

export type RelationEnds = Pick<DirectedRelation, 'source' | 'name' | 'target'>;

export interface RelationPage {
  readonly items: readonly DirectedRelation[];
  /** Where the next page begins, of twins that have relations; absent on the last one. */
  readonly cursor?: string | undefined;
}

/** Named relations between twins, beside the tree that they form: each twin keeps those that begin at it. */
export class TwinRelations {
  constructor(
    private readonly api: Pick<TwinApi, 'search'>,
    private readonly lineage: Lineage,
    private readonly runner: PlanRunner,
  ) {}

  /** With the entity tag of the twin that has it. @throws ThingNotAccessible, NotOfKind, RelationNotFound */
  async get(
    ends: RelationEnds,
    context: SignalContext,
  ): Promise<{ readonly relation: DirectedRelation; readonly etag: string | undefined }> {
    const match = await this.lineage.require('twin', ends.source, context);
    const found = relationsOf(match.thing).find((each) => isSameRelation(each, ends));
    if (found === undefined) throw new RelationNotFound(ends.source, ends.name, ends.target);
    return { relation: { source: ends.source, ...found }, etag: tagOf(match) };
  }

  /** Those that begin at a twin, in the order in which they were made. @throws ThingNotAccessible, NotOfKind */
  async from(source: ThingId, name: string | undefined, context: SignalContext): Promise<readonly DirectedRelation[]> {
    const { thing } = await this.lineage.require('twin', source, context);
    return named(thing, source, name);
  }

  /**
   * Those that end at a twin, as far as the caller may read what has them; by the IDs of these.
   * @throws ThingNotAccessible, NotOfKind, RqlExpressionInvalid, SearchOptionInvalid
   */
  async to(
    target: ThingId,
    name: string | undefined,
    { filter, option }: Pick<PageRequest, 'filter' | 'option'>,
    caller: SignalContext,
  ): Promise<RelationPage> {
    const context = knowingRights(caller);
    await this.lineage.require('twin', target, context);
    const scope = pointingTo(target, name);
    const { items, cursor } = await this.api.search.search({ filter, option, scope, fields: undefined }, context);
    const found = items.flatMap((thing) => {
      return named(thing, idOf(thing), name).filter((each) => each.target === target);
    });
    return { items: found, cursor };
  }

  /**
   * Makes a relation, or replaces what is said about it.
   * @throws ThingNotAccessible, NotOfKind of both ends; PlanRefused
   */
  set(ends: RelationEnds, properties: JsonObject, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.runner.run(
      async (context) => {
        const asked = { parentId: ends.target, childId: ends.source };
        const { child: match } = await this.lineage.requireEnds('twin', asked, context);
        holdToTags(mode, match, 'modify');
        const { name, target } = ends;
        return { steps: [relating(match.thing, { name, target, properties })], conflicts: [] };
      },
      mode,
      caller,
    );
  }

  /** The other end need not be there any more. @throws ThingNotAccessible, NotOfKind, RelationNotFound, PlanRefused */
  remove(ends: RelationEnds, mode: RunMode, caller: SignalContext): Promise<PlanOutcome> {
    return this.runner.run(
      async (context) => {
        const match = await this.lineage.require('twin', ends.source, context);
        holdToTags(mode, match, 'delete');
        const isThere = relationsOf(match.thing).some((each) => isSameRelation(each, ends));
        if (!isThere) throw new RelationNotFound(ends.source, ends.name, ends.target);
        return { steps: [unrelating(match.thing, ends)], conflicts: [] };
      },
      mode,
      caller,
    );
  }
}

function named(thing: JsonObject, source: ThingId, name: string | undefined): readonly DirectedRelation[] {
  return relationsOf(thing)
    .filter((each) => name === undefined || each.name === name)
    .map((each) => ({ source, ...each }));
}

/** Twins with one that points to the target, and perhaps another one that has the name. */
function pointingTo(target: ThingId, name: string | undefined): Scope {
  const points = { op: 'eq', property: [...RELATIONS, 'target'], value: target } as const;
  if (name === undefined) return { kind: 'twin', criteria: points };
  const isNamed = { op: 'eq', property: [...RELATIONS, 'name'], value: name } as const;
  return { kind: 'twin', criteria: { op: 'and', operands: [points, isNamed] } };
}
