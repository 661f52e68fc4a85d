import { kindOf } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import {
  TypeBaseCycle,
  TypeBaseMissing,
  TypeBasesTooMany,
  layOver,
  modelOf,
  newestIn,
  ownType,
  strictest,
} from '@gemel/model/types';
import type { EffectiveType, TypeModel, TypeReference } from '@gemel/model/types';
import type { VersionShelf } from './version-shelf.js';

/** Most types that one takes from, directly and through them. */
const MAX_BASES = 50;

/** Gives the thing of a type; undefined when it is not there, or not to be seen. */
export type TypeSource = (id: ThingId) => Promise<JsonObject | undefined>;

/** A type with all that it takes from others, and the things that it was made of, for who keeps it. */
export interface ResolvedType {
  readonly type: EffectiveType;
  readonly sources: ReadonlyMap<ThingId, JsonObject>;
  /** Whether it takes from ranges of versions, so that it may change without any of its sources. */
  readonly takesVersions: boolean;
}

interface Resolution {
  readonly see: TypeSource;
  readonly sources: Map<ThingId, JsonObject>;
  takesVersions: boolean;
  bases: number;
}

/** Works out what types are with all that they take from others. */
export class TypeCatalog {
  constructor(readonly versions: VersionShelf) {}

  /**
   * Bases first, then mixins in their order, then the type itself: what comes later wins.
   * @throws TypeModelInvalid, JsonSchemaInvalid, TypeBaseMissing, TypeBaseCycle, TypeBasesTooMany
   */
  async resolve(typeId: ThingId, thing: JsonObject, see: TypeSource): Promise<ResolvedType> {
    const resolution: Resolution = { see, sources: new Map([[typeId, thing]]), takesVersions: false, bases: 0 };
    const type = await this.#withBases(typeId, thing, [typeId], resolution);
    return { type, sources: resolution.sources, takesVersions: resolution.takesVersions };
  }

  async #withBases(
    typeId: ThingId,
    thing: JsonObject,
    path: readonly ThingId[],
    resolution: Resolution,
  ): Promise<EffectiveType> {
    const model = modelOf(thing);
    const own = ownType(typeId, thing, model);
    let base: EffectiveType | undefined;
    for (const reference of referencesOf(model)) {
      const next = await this.#base(reference, path, resolution);
      base = base === undefined ? next : layOver(base, next, strictest(base.rules.validation, next.rules.validation));
    }
    return base === undefined ? own : layOver(base, own, model?.validation);
  }

  async #base(reference: TypeReference, path: readonly ThingId[], resolution: Resolution): Promise<EffectiveType> {
    const { typeId, range, text } = reference;
    resolution.bases += 1;
    if (resolution.bases > MAX_BASES) throw new TypeBasesTooMany(MAX_BASES);
    const thing = resolution.sources.get(typeId) ?? (await resolution.see(typeId));
    if (thing === undefined || kindOf(thing) !== 'type') throw new TypeBaseMissing(text);
    if (range !== undefined) {
      resolution.takesVersions = true;
      const newest = newestIn(range, await this.versions.known(typeId));
      const found = newest === undefined ? undefined : await this.versions.get(typeId, newest);
      if (found === undefined) throw new TypeBaseMissing(text);
      return { ...found.type, lineage: [...found.type.lineage.slice(0, -1), `${typeId}@${found.version}`] };
    }
    if (path.includes(typeId)) throw new TypeBaseCycle([...path, typeId]);
    resolution.sources.set(typeId, thing);
    return this.#withBases(typeId, thing, [...path, typeId], resolution);
  }
}

function referencesOf(model: TypeModel | undefined): readonly TypeReference[] {
  if (model === undefined) return [];
  return model.extends === undefined ? model.mixins : [model.extends, ...model.mixins];
}
