import type { SortKey, ThingMatch, ThingPageQuery, ThingQuery } from '@gemel/application/ports';
import { isJsonObject, withoutMember } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseCriteria } from '@gemel/model/rql';
import type { Thing, ThingState } from '@gemel/model/things';
import { thingChange } from './changes.js';
import type { OpenedStore } from './opened-store.js';

const EVERYTHING = { sort: [], limit: 1_000 } as const;
/** One of each type, in the order of sorting; the last two are alike. */
export const IN_ORDER: readonly JsonValue[] = [
  null,
  -7,
  0.5,
  10,
  '',
  '1',
  'B',
  'a',
  '\uffff',
  '\u{1F697}',
  false,
  true,
  [1],
  {},
];

export const readable = (state: ThingState): Thing => state.thing;

/** A view of somebody who may not read the attribute `secret`. */
export function withoutSecret({ thing }: ThingState): Thing {
  return isJsonObject(thing.attributes) ? { ...thing, attributes: withoutMember(thing.attributes, 'secret') } : thing;
}

export const asc = (property: string): SortKey => ({ direction: 'asc', property });
export const desc = (property: string): SortKey => ({ direction: 'desc', property });

/** How cases of thing searches ask one. */
export interface SearchQuestions {
  append: OpenedStore['log']['append'];
  /** Stores new things with these attributes. */
  store(things: Readonly<Record<string, JsonObject>>): Promise<void>;
  find(query: Partial<ThingPageQuery>): Promise<readonly ThingMatch[]>;
  ids(query: Partial<ThingPageQuery>): Promise<readonly string[]>;
  having(rql: string, query?: Partial<ThingPageQuery>): Promise<readonly string[]>;
  count(query: Partial<ThingQuery>): Promise<number>;
}

export function searchQuestions(opened: () => OpenedStore): SearchQuestions {
  const store = (things: Readonly<Record<string, JsonObject>>) =>
    opened().log.append(Object.entries(things).map(([id, attributes]) => thingChange(id, 1, attributes)));
  const find = (query: Partial<ThingPageQuery>) => opened().search.find({ ...EVERYTHING, view: readable, ...query });
  const ids = async (query: Partial<ThingPageQuery>) => idsOf(await find(query));
  const having = (rql: string, query: Partial<ThingPageQuery> = {}) => ids({ criteria: parseCriteria(rql), ...query });
  const count = (query: Partial<ThingQuery>) => opened().search.count({ view: readable, ...query });
  const append: SearchQuestions['append'] = (...changes) => opened().log.append(...changes);
  return { append, store, find, ids, having, count };
}

export function idsOf(matches: readonly ThingMatch[]): readonly string[] {
  return matches.map(({ thing }) => thing.thingId);
}
