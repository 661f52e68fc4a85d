import {
  CompositionTooLarge,
  HiddenBelow,
  NOTHING,
  PartIdInvalid,
  SerialMissing,
  compareWithLink,
  joinPlans,
  parentLinks,
  planTwins,
} from '@gemel/model/composition';
import type { Conflict, LinkDown, Plan, PolicyChoice, Seed, Sources } from '@gemel/model/composition';
import { ThingIdInvalid, parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import type { ThingMatch } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { childrenOfAny, instancesOf } from './criteria.js';
import { MAX_THINGS } from './graph-reader.js';
import type { Descendant, Lineage } from './lineage.js';
import type { PlanOutcome, PlanRunner, RunMode } from './plan-runner.js';
import { seenTypes, sourcesOf, templated } from './sources.js';
import type { TwinApi } from './twin-api.js';

export interface ReconcileRequest {
  /** Whether parts beyond the count of their link are deleted, with all below them. */
  readonly removeSurplus: boolean;
  readonly resetValues: boolean;
}

export interface Reconciliation extends PlanOutcome {
  /** Parts beyond the count of their link, deleted or not. */
  readonly surplus: readonly ThingId[];
}

interface Differences {
  readonly seeds: ReadonlyMap<string, readonly Seed[]>;
  readonly surplus: readonly ThingId[];
  readonly conflicts: readonly Conflict[];
}

/** Makes twins have the parts that their type says, after the links of the type have changed. */
export class Reconciler {
  constructor(
    private readonly api: Pick<TwinApi, 'search' | 'templates'>,
    private readonly lineage: Lineage,
    private readonly runner: PlanRunner,
  ) {}

  /**
   * Looks at the links of the type itself, in all twins made of it; new parts come with all below them.
   * @throws ThingNotAccessible, NotOfKind, CompositionTooLarge, PlanRefused
   */
  async reconcile(
    typeId: ThingId,
    { removeSurplus, resetValues, ...mode }: ReconcileRequest & RunMode,
    caller: SignalContext,
  ): Promise<Reconciliation> {
    let surplus: readonly ThingId[] = [];
    const outcome = await this.runner.run(
      async (context): Promise<Plan> => {
        const type = await this.lineage.require('type', typeId, context);
        const types = sourcesOf('type', await this.lineage.below('type', type, Infinity, context));
        const sources = await templated(types, this.api.templates, seenTypes(this.lineage, context));
        const found = await this.#differences(typeId, sources, context);
        surplus = found.surplus;
        const options = { kind: 'type', resetValues, maxThings: MAX_THINGS } as const;
        const additions = [...found.seeds].map(([policyId, seeds]) =>
          planTwins(sources, seeds, { ...options, policy: policyOf(policyId) }),
        );
        const removals = removeSurplus ? await this.#removals(surplus, context) : NOTHING;
        const plan = joinPlans([...additions, removals, { steps: [], conflicts: found.conflicts }]);
        return plan.steps.length > MAX_THINGS ? tooLarge(typeId) : plan;
      },
      mode,
      caller,
    );
    return { ...outcome, surplus };
  }

  async #differences(typeId: ThingId, sources: Sources, context: SignalContext): Promise<Differences> {
    const twins = await this.api.search.matches(instancesOf(typeId), context);
    const ids = twins.map(({ thing }) => thing.thingId);
    const parts = ids.length === 0 ? [] : await this.api.search.matches(childrenOfAny('twin', ids), context);
    const existing = new Map<string, ThingId[]>();
    for (const part of parts) add(existing, partKey(part), part.thing.thingId);
    const type = sources.get(typeId);
    const seeds = new Map<string, Seed[]>();
    const surplus: ThingId[] = [];
    const conflicts: Conflict[] = [];
    let missing = 0;
    for (const { thing: twin } of twins) {
      const policyId = twin.policyId === type?.thing['policyId'] ? SHARED : twin.policyId;
      for (const link of (type?.children ?? []).filter(({ childId }) => sources.has(childId))) {
        const here = existing.get(keyOf(twin.thingId, link.childId)) ?? [];
        const difference = compareWithLink({ twinId: twin.thingId, link, existing: here });
        surplus.push(...difference.surplus);
        missing += difference.missing.length;
        // Each of thousands of twins may lack thousands of parts.
        if (missing > MAX_THINGS) return { seeds: new Map(), surplus: [], conflicts: tooLarge(typeId).conflicts };
        for (const { index, name } of difference.missing) {
          const made = seedOf(twin.thingId, link, index, name);
          if ('error' in made) conflicts.push(made);
          else add(seeds, policyId, made);
        }
      }
    }
    return { seeds, surplus, conflicts };
  }

  async #removals(surplus: readonly ThingId[], context: SignalContext): Promise<Plan> {
    const doomed = new Map<ThingId, Descendant>();
    const conflicts: Conflict[] = [];
    for (const id of surplus) {
      const root = await this.lineage.require('twin', id, context);
      const found = await this.lineage.below('twin', root, Infinity, context);
      for (const [each, descendant] of found) doomed.set(each, descendant);
      if (await this.lineage.isMoreBelow(found)) conflicts.push({ thingId: id, error: new HiddenBelow(id) });
    }
    const ids = [...doomed.keys()].toReversed();
    return { steps: ids.map((thingId) => ({ command: { kind: 'delete', thingId, path: [] } })), conflicts };
  }
}

function tooLarge(typeId: ThingId): Plan {
  return { steps: [], conflicts: [{ thingId: typeId, error: new CompositionTooLarge(MAX_THINGS) }] };
}

function add<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
}

/** Stands for the policies of the types. */
const SHARED = '';

/** Parts have the policy of their twin where that has another one than its type. */
function policyOf(policyId: string): PolicyChoice {
  return policyId === SHARED ? { use: 'share' } : { use: 'named', policyId: parsePolicyId(policyId) };
}

function seedOf(
  twinId: ThingId,
  { childId, rank }: LinkDown,
  index: number,
  name: string | undefined,
): Seed | Conflict {
  if (name === undefined) return { thingId: twinId, error: new SerialMissing(childId, index) };
  const id = `${twinId}:${name}`;
  try {
    return { sourceId: childId, thingId: parseThingId(id), parent: twinId, rank, values: {}, children: new Map() };
  } catch (error) {
    if (error instanceof ThingIdInvalid) return { thingId: twinId, error: new PartIdInvalid(id) };
    throw error;
  }
}

function partKey({ thing }: ThingMatch): string {
  const [link] = parentLinks(thing, 'twin');
  const type = valueAt(thing, ['attributes', 'type']);
  return keyOf(link?.parentId ?? '', typeof type === 'string' ? type : '');
}

/** No id has a slash. */
function keyOf(parentId: string, typeId: string): string {
  return `${parentId}/${typeId}`;
}
