import type { ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from '@gemel/application/ports';
import { kindOf } from '@gemel/model/composition';
import { namespaceOf } from '@gemel/model/ids';
import { parsePointer, valueAt } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { compareJson, compileCriteria } from '@gemel/model/rql';
import { withHiddenMembers } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';

/** Search that looks at every thing of a store, the plainest way. */
export class MemorySearch implements ThingSearch {
  constructor(private readonly store: { things(): readonly ThingState[] }) {}

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    const { sort, after, offset = 0, limit } = query;
    const keys = sort.map(({ property }) => parsePointer(property));
    const compare = (a: readonly JsonValue[], b: readonly JsonValue[]): number => {
      for (let index = 0; index <= sort.length; index++) {
        const order = compareJson(a[index], b[index]);
        if (order !== 0) return sort[index]?.direction === 'desc' ? -order : order;
      }
      return 0;
    };
    const found: ThingMatch[] = [];
    for (const match of await this.#matches(query)) {
      const document = withHiddenMembers(match.thing, match.state);
      const sortValues = [...keys.map((key) => valueAt(document, key) ?? null), match.thing.thingId];
      if (after === undefined || compare(sortValues, after) > 0) found.push({ ...match, sortValues });
    }
    return found.toSorted((a, b) => compare(a.sortValues, b.sortValues)).slice(offset, offset + limit);
  }

  async count(query: ThingQuery): Promise<number> {
    return (await this.#matches(query)).length;
  }

  async visit(query: ThingQuery, tell: Parameters<ThingSearch['visit']>[1]): Promise<void> {
    for (const match of await this.#matches(query)) tell(match);
  }

  async #matches({
    kind,
    criteria,
    namespaces,
    view,
    proceed,
  }: ThingQuery): Promise<readonly Omit<ThingMatch, 'sortValues'>[]> {
    const matches = criteria === undefined ? () => true : compileCriteria(criteria, { now: Date.now() });
    const found: Omit<ThingMatch, 'sortValues'>[] = [];
    for (const state of this.store.things()) {
      proceed?.();
      if (state.deleted || namespaces?.includes(namespaceOf(state.thing.thingId)) === false) continue;
      if (kind !== undefined && kindOf(state.thing) !== kind) continue;
      const thing = await view(state);
      if (thing !== undefined && matches(withHiddenMembers(thing, state))) found.push({ state, thing });
    }
    return found;
  }
}
