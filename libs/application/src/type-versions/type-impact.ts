import { PARENTS } from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { MODEL, modelOf } from '@gemel/model/types';
import type { Conformance, Version } from '@gemel/model/types';
import { idOf, instancesOf } from '../composition/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { typeOfTwin } from '../types/index.js';
import { childTypesOf, typesWith } from './criteria.js';
import type { TwinReports } from './twin-reports.js';
import type { TypeAccess } from './type-access.js';

/** What hangs on a type, as far as the caller may read it. */
export interface Dependents {
  /** Made from it. */
  readonly twins: number;
  /** How many of them are held to which version, by its number; first those without one, which follow the type. */
  readonly byVersion: readonly { readonly version: string | undefined; readonly twins: number }[];
  /** Of the twins, those that break what they are held to. */
  readonly violations: number;
  /** Types that take from it, by themselves or through others, by ID. */
  readonly takenBy: readonly ThingId[];
  /** Types that it is a part of, with how many each has. */
  readonly parents: JsonObject;
  /** Types that are parts of it, by ID. */
  readonly children: readonly ThingId[];
}

/** Tells what a change of a type would concern. */
export class TypeImpact {
  constructor(
    private readonly access: TypeAccess,
    private readonly search: Pick<SearchService, 'all' | 'visit'>,
    private readonly reports: TwinReports,
  ) {}

  /** @throws ThingNotAccessible, NotOfKind, TypeNotWhollyReadable */
  async of(typeId: ThingId, caller: SignalContext): Promise<Dependents> {
    const { thing } = await this.access.readable(typeId, caller);
    const [counts, children, models] = await Promise.all([
      this.#countsByVersion(typeId, caller),
      this.search.all(childTypesOf(typeId), caller),
      this.search.all(typesWith(MODEL), caller),
    ]);
    const parents = valueAt(thing, PARENTS);
    return {
      twins: [...counts.values()].reduce((sum, count) => sum + count, 0),
      byVersion: [...counts]
        .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
        .map(([version, twins]) => ({ version, twins })),
      violations: await this.#violations(typeId, [...counts.keys()], caller),
      takenBy: takingFrom(typeId, models),
      parents: isJsonObject(parents) ? parents : {},
      children: children.map(idOf).toSorted(),
    };
  }

  /** There may be more twins than memory for them: they are looked at as they come. */
  async #countsByVersion(typeId: ThingId, caller: SignalContext): Promise<ReadonlyMap<Version | undefined, number>> {
    const counts = new Map<Version | undefined, number>();
    const count = (twin: JsonObject): void => {
      const version = typeOfTwin(twin)?.version;
      counts.set(version, (counts.get(version) ?? 0) + 1);
    };
    await this.search.visit(instancesOf(typeId), count, caller);
    return counts;
  }

  async #violations(
    typeId: ThingId,
    versions: readonly (Version | undefined)[],
    caller: SignalContext,
  ): Promise<number> {
    const rules = new Map<Version | undefined, Conformance>();
    for (const version of versions) {
      const found = await this.reports.rulesOf({ typeId, version });
      if (found !== undefined) rules.set(version, found);
    }
    let broken = 0;
    const check = (twin: JsonObject): void => {
      const found = rules.get(typeOfTwin(twin)?.version)?.violations(twin) ?? [];
      if (found.length > 0) broken += 1;
    };
    if (rules.size > 0) await this.search.visit(instancesOf(typeId), check, caller);
    return broken;
  }
}

function takingFrom(typeId: ThingId, types: readonly JsonObject[]): readonly ThingId[] {
  const takers = new Map<ThingId, ThingId[]>();
  for (const type of types) {
    for (const base of basesOf(type)) takers.set(base, [...(takers.get(base) ?? []), idOf(type)]);
  }
  const found = new Set<ThingId>([typeId]);
  // A set iterates over what is added meanwhile.
  for (const id of found) for (const taker of takers.get(id) ?? []) found.add(taker);
  found.delete(typeId);
  return [...found].toSorted();
}

/** Somebody may have written what is no model: it takes from nobody. */
function basesOf(type: JsonObject): readonly ThingId[] {
  try {
    const model = modelOf(type);
    if (model === undefined) return [];
    const references = model.extends === undefined ? model.mixins : [model.extends, ...model.mixins];
    return references.map((reference) => reference.typeId);
  } catch (error) {
    if (error instanceof GemelError) return [];
    throw error;
  }
}
