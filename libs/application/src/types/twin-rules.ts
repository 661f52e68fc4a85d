import { kindOf } from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { compileRules, hasModel } from '@gemel/model/types';
import type { Conformance, Version } from '@gemel/model/types';
import type { ResolvedType, TypeCatalog, TypeSource } from './type-catalog.js';

/** Types whose rules are kept. */
const MAX_HELD = 1_000;

interface Held {
  readonly resolved: ResolvedType;
  readonly rules: Conformance;
}

/** The rules that twins are held to, kept compiled for as long as their types do not change. */
export class TwinRules {
  readonly #ofTypes = new Map<ThingId, Held>();
  readonly #ofVersions = new Map<string, Conformance>();

  constructor(private readonly catalog: TypeCatalog) {}

  /**
   * Of the version that a twin is at, else of the type as it is now. Undefined when there are none: also for a model that
   * cannot be used, since devices go on whatever somebody has written there; a report says so.
   */
  async of(typeId: ThingId, version: Version | undefined, see: TypeSource): Promise<Conformance | undefined> {
    try {
      const frozen = version === undefined ? undefined : await this.#frozen(typeId, version);
      return frozen ?? (await this.#live(typeId, see));
    } catch (error) {
      if (error instanceof GemelError && error.status < 500) return undefined;
      throw error;
    }
  }

  async #frozen(typeId: ThingId, version: Version): Promise<Conformance | undefined> {
    const key = `${typeId}/${version}`;
    const held = this.#ofVersions.get(key);
    if (held !== undefined) return held;
    const found = await this.catalog.versions.get(typeId, version);
    if (found === undefined) return undefined;
    const rules = compileRules(found.type.rules);
    if (this.#ofVersions.size >= MAX_HELD) this.#ofVersions.clear();
    this.#ofVersions.set(key, rules);
    return rules;
  }

  async #live(typeId: ThingId, see: TypeSource): Promise<Conformance | undefined> {
    const thing = await see(typeId);
    if (thing === undefined || kindOf(thing) !== 'type' || !hasModel(thing)) return undefined;
    const held = this.#ofTypes.get(typeId);
    if (held !== undefined && (await isCurrent(held.resolved, typeId, thing, see))) return held.rules;
    const resolved = await this.catalog.resolve(typeId, thing, see);
    const rules = compileRules(resolved.type.rules);
    if (this.#ofTypes.size >= MAX_HELD) this.#ofTypes.clear();
    this.#ofTypes.set(typeId, { resolved, rules });
    return rules;
  }
}

async function isCurrent(
  { sources, takesVersions }: ResolvedType,
  typeId: ThingId,
  thing: JsonObject,
  see: TypeSource,
): Promise<boolean> {
  if (takesVersions) return false;
  for (const [id, source] of sources) {
    const now: JsonObject | undefined = id === typeId ? thing : await see(id);
    if (now !== source) return false;
  }
  return true;
}
