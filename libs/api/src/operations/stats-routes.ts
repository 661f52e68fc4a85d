import { defineRoute, jsonReply, listOf } from '../http/index.js';
import type { Parameter, Route } from '../http/index.js';
import type { JsonObject } from '@gemel/model/json';

/** Counts of entities. */
export interface Statistics {
  /** What this process holds in memory, by namespace. */
  held(): Readonly<Record<'thing' | 'policy', Readonly<Record<string, number>>>>;
  /** All things, whoever may read them. */
  thingCount(): Promise<number>;
}

const tag = 'Operations';
const NUMBERS: JsonObject = { type: 'object', additionalProperties: { type: 'integer' } };
const list = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type: 'array', items: { type: 'string' } },
});

/** Ditto's counters, which anybody may read; how they spread over namespaces is for operators. */
export function statsRoutes(statistics: Statistics): readonly Route[] {
  const hot = (path: string): Route =>
    defineRoute({
      method: 'GET',
      path,
      summary: 'Count what this process holds in memory',
      tag,
      access: 'none',
      responses: { 200: { description: 'Things, policies, and things that search looks through.', schema: NUMBERS } },
      handler: () => jsonReply(200, hotCounts(statistics.held())),
    });
  return [
    hot('/stats'),
    hot('/stats/things'),
    defineRoute({
      method: 'GET',
      path: '/stats/things/details',
      summary: 'Count what this process holds in memory, by namespace',
      tag,
      access: 'operator',
      parameters: [
        list('namespace', 'Only these namespaces; those of which nothing is held count 0.'),
        list('entity', 'Only these of `thing`, `policy`, `search-wildcard-updater`.'),
      ],
      responses: {
        200: {
          description: 'By entity and namespace, the greatest first.',
          schema: { type: 'object', additionalProperties: NUMBERS },
        },
      },
      handler: (request) =>
        jsonReply(
          200,
          hotnessByNamespace(statistics.held(), {
            namespaces: listOf(request.queryAll('namespace')) ?? [],
            entities: listOf(request.queryAll('entity')) ?? [],
          }),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/stats/search',
      summary: 'Count all things',
      tag,
      access: 'none',
      responses: { 200: { description: '`allThingsCount`, whoever may read them.', schema: NUMBERS } },
      handler: async () => jsonReply(200, { allThingsCount: await statistics.thingCount() }),
    }),
  ];
}

type Held = ReturnType<Statistics['held']>;

/** Ditto's names of its shards, and what of ours they hold: search has no states of its own. */
const ENTITIES = [
  { entity: 'thing', hot: 'hotThings', details: 'thingsNamespacesHotness', of: 'thing' },
  { entity: 'policy', hot: 'hotPolicies', details: 'policiesNamespacesHotness', of: 'policy' },
  {
    entity: 'search-wildcard-updater',
    hot: 'hotSearchWildcardUpdaters',
    details: 'searchWildcardUpdatersNamespacesHotness',
    of: 'thing',
  },
] as const;

function hotCounts(held: Held): JsonObject {
  return Object.fromEntries(
    ENTITIES.map(({ hot, of }) => [hot, Object.values(held[of]).reduce((sum, count) => sum + count, 0)]),
  );
}

interface Wanted {
  readonly namespaces: readonly string[];
  readonly entities: readonly string[];
}

function hotnessByNamespace(held: Held, { namespaces, entities }: Wanted): JsonObject {
  return Object.fromEntries(
    ENTITIES.filter(({ entity }) => entities.length === 0 || entities.includes(entity)).map(({ details, of }) => {
      const counts = Object.entries(held[of]).toSorted(([, a], [, b]) => b - a);
      const known = new Map(counts);
      return [
        details,
        Object.fromEntries(namespaces.length === 0 ? counts : namespaces.map((name) => [name, known.get(name) ?? 0])),
      ];
    }),
  );
}
