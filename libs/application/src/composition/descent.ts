import { parentLinks } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import type { Scope } from '../search/index.js';
import { childrenOfAny, linkedOfKind } from './criteria.js';

/** Levels that are searched for one by one. A deeper composition is read from all links at once. */
const MAX_SEARCHES = 4;
/** Parents in one search. More are looked up in all links. */
const MAX_PARENTS = 200;

/**
 * Finds children level after level in a bounded number of searches: a search may look at every thing, so that one
 * for each level of a deep composition would take its depth times the number of things.
 */
export class Descent {
  #searches = 0;
  #byParent: ReadonlyMap<ThingId, readonly JsonObject[]> | undefined;

  constructor(
    private readonly kind: Kind,
    private readonly search: (scope: Scope) => Promise<readonly JsonObject[]>,
  ) {}

  /** What names one of the parents, each thing once. */
  async childrenOf(parentIds: ReadonlySet<ThingId>): Promise<Iterable<JsonObject>> {
    if (this.#byParent === undefined && this.#searches < MAX_SEARCHES && parentIds.size <= MAX_PARENTS) {
      this.#searches++;
      return this.search(childrenOfAny(this.kind, [...parentIds]));
    }
    const byParent = (this.#byParent ??= await this.#index());
    return new Set([...parentIds].flatMap((id) => byParent.get(id) ?? []));
  }

  async #index(): Promise<ReadonlyMap<ThingId, readonly JsonObject[]>> {
    const byParent = new Map<ThingId, JsonObject[]>();
    for (const thing of await this.search(linkedOfKind(this.kind))) {
      for (const { parentId } of parentLinks(thing, this.kind)) {
        const siblings = byParent.get(parentId);
        if (siblings === undefined) byParent.set(parentId, [thing]);
        else siblings.push(thing);
      }
    }
    return byParent;
  }
}
