import {
  CompositionTooLarge,
  LINKS,
  NOTHING,
  NotLinked,
  arrange,
  placeAt,
  positionPointer,
  settingsPatch,
  siblingOf,
} from '@gemel/model/composition';
import type { Kind, Plan, Ranks, Sibling, Step } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import type { ThingMatch } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { childrenOfAny } from './criteria.js';
import { MAX_THINGS } from './graph-reader.js';
import type { Lineage } from './lineage.js';
import { holdToTags } from './plan-runner.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';
import type { TwinApi } from './twin-api.js';

/** The children of a parent that the caller may read. */
export interface Family {
  readonly kind: Kind;
  readonly parentId: ThingId;
  readonly children: readonly ThingMatch[];
}

/** Where children are among each other. Those that the caller may not read keep what they have. */
export class SiblingOrder {
  constructor(
    private readonly api: Pick<TwinApi, 'search'>,
    private readonly lineage: Lineage,
    private readonly runner: PlanRunner,
  ) {}

  /** @throws CompositionTooLarge */
  async family(kind: Kind, parentId: ThingId, context: SignalContext): Promise<Family> {
    const children = await this.api.search.matches(childrenOfAny(kind, [parentId]), context);
    if (children.length > MAX_THINGS) throw new CompositionTooLarge(MAX_THINGS);
    return { kind, parentId, children };
  }

  /** Puts some children first, in their order; the others follow as they are. @throws ThingNotAccessible, NotOfKind, PlanRefused */
  reorder(
    kind: Kind,
    parentId: ThingId,
    { first, ...mode }: RunMode & { readonly first: readonly ThingId[] },
    caller: SignalContext,
  ): Promise<PlanOutcome> {
    return this.runner.run(
      async (context): Promise<Plan> => {
        const [parent, family] = await Promise.all([
          this.lineage.require(kind, parentId, context),
          this.family(kind, parentId, context),
        ]);
        holdToTags(mode, parent, 'modify');
        const siblings = siblingsOf(family);
        const known = new Set(siblings.map(({ id }) => id));
        const unknown = first.filter((id) => !known.has(id));
        if (unknown.length > 0)
          return {
            ...NOTHING,
            conflicts: unknown.map((thingId) => ({ thingId, error: new NotLinked(thingId, parentId) })),
          };
        return { steps: rankSteps(family, arrange(siblings, first)), conflicts: [] };
      },
      mode,
      caller,
    );
  }
}

/** What becomes of ranks: of the child's own, undefined for as it is, and steps for those of others. */
export interface Place {
  readonly rank: number | null | undefined;
  readonly others: readonly Step[];
}

/** What puts a child, which need not be there yet, at an index among the others. */
export function placed(family: Family, mover: Sibling, index: number): Place {
  const ranks = placeAt(siblingsOf(family), mover, index);
  const others = new Map([...ranks].filter(([id]) => id !== mover.id));
  return { rank: ranks.get(mover.id), others: rankSteps(family, others) };
}

export function siblingsOf({ kind, parentId, children }: Family): readonly Sibling[] {
  return children.map(({ thing }) => siblingOf(kind, parentId, thing.thingId, thing));
}

/** One merge for each child whose rank changes. */
function rankSteps({ kind, parentId, children }: Family, ranks: Ranks): readonly Step[] {
  return children.flatMap(({ thing }): readonly Step[] => {
    const { thingId } = thing;
    const rank = ranks.get(thingId);
    if (rank === undefined) return [];
    const path = kind === 'twin' ? positionPointer(kind, parentId) : LINKS;
    const value = kind === 'twin' ? rank : settingsPatch(thing, parentId, { position: rank });
    if (value === undefined) return [];
    return [{ command: { kind: 'merge', thingId, path, value }, before: valueAt(thing, path) }];
  });
}
