import { PARENTS } from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { MODEL, modelOf } from '@gemel/model/types';
import { idOf } from '../composition/index.js';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { typeOfTwin } from '../types/index.js';
import { childTypesOf, typesWith, twinsOf } from './criteria.js';
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
    private readonly search: Pick<SearchService, 'all'>,
    private readonly reports: TwinReports,
  ) {}

  /** @throws ThingNotAccessible, NotOfKind, TypeNotWhollyReadable */
  async of(typeId: ThingId, caller: SignalContext): Promise<Dependents> {
    const { thing } = await this.access.readable(typeId, caller);
    const [twins, children, models] = await Promise.all([
      this.search.all(twinsOf(typeId), caller),
      this.search.all(childTypesOf(typeId), caller),
      this.search.all(typesWith(MODEL), caller),
    ]);
    const parents = valueAt(thing, PARENTS);
    return {
      twins: twins.length,
      byVersion: byVersion(twins),
      violations: (await this.reports.of(twins)).length,
      takenBy: takingFrom(typeId, models),
      parents: isJsonObject(parents) ? parents : {},
      children: children.map(idOf).toSorted(),
    };
  }
}

function byVersion(twins: readonly JsonObject[]): Dependents['byVersion'] {
  const counts = new Map<string, number>();
  for (const twin of twins) {
    const version = typeOfTwin(twin)?.version ?? '';
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([version, count]) => ({ version: version === '' ? undefined : version, twins: count }));
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
