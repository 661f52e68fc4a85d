import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { findCycle } from './cycle.js';
import { closingLinks, faultsOf, mentionedParents, repairedParents } from './integrity.js';
import type { Kind } from './kind.js';

const OWN = 't:own';
const thing = (_parents: JsonValue | undefined): JsonObject => ({
  thingId: OWN,
  attributes: _parents === undefined ? {} : { _parents },
});
const kinds: Readonly<Record<string, Kind>> = { 't:type': 'type', 't:type2': 'type', 't:twin': 'twin' };
const lookup = (id: ThingId): Kind | undefined => (Object.hasOwn(kinds, id) ? kinds[id] : undefined);

describe('faultsOf', () => {
  it.each<[Kind, JsonValue | undefined, readonly string[], JsonValue]>([
    ['twin', undefined, [], null],
    ['twin', null, [], null],
    ['twin', 't:twin', [], 't:twin'],
    ['twin', 't:none', ['parent.missing t:none'], null],
    ['twin', 't:type', ['parent.kind.wrong t:type'], null],
    ['twin', OWN, [`parent.self ${OWN}`], null],
    ['twin', 'noid', ['parent.id.invalid noid'], null],
    ['twin', '', ['parent.id.invalid '], null],
    ['twin', { 't:twin': 1 }, ['parents.invalid '], null],
    ['twin', ['t:twin'], ['parents.invalid '], null],
    ['twin', 7, ['parents.invalid '], null],
    ['twin', false, ['parents.invalid '], null],
    ['type', undefined, [], null],
    ['type', { 't:type': 4 }, [], { 't:type': 4 }],
    ['type', {}, ['parents.empty '], null],
    ['type', 't:type', ['parents.invalid '], null],
    ['type', ['t:type'], ['parents.invalid '], null],
    ['type', { 't:none': 1, 't:type': 2 }, ['parent.missing t:none'], { 't:type': 2 }],
    ['type', { 't:twin': 1 }, ['parent.kind.wrong t:twin'], null],
    ['type', { [OWN]: 1, 't:type': 1 }, [`parent.self ${OWN}`], { 't:type': 1 }],
    ['type', { 'no id': 1 }, ['parent.id.invalid no id'], null],
    ['type', { 't:type': 0, 't:type2': 1 }, ['count.invalid t:type'], { 't:type2': 1 }],
    ['type', { 't:type': -2 }, ['count.invalid t:type'], null],
    ['type', { 't:type': 1.5 }, ['count.invalid t:type'], null],
    ['type', { 't:type': '3abc' }, ['count.invalid t:type'], null],
    ['type', { 't:type': '4' }, ['count.invalid t:type'], { 't:type': 4 }],
    ['type', { 't:type': null }, ['count.invalid t:type'], null],
    ['type', JSON.parse('{"__proto__":1}') as JsonValue, ['parent.id.invalid __proto__'], null],
  ])('of a %s with _parents %j are %j; repaired it is %j', (kind, stored, expected, repaired) => {
    const faults = faultsOf(thing(stored), kind, lookup);

    expect(faults.map(({ problem, parentId = '' }) => `${problem} ${parentId}`)).toEqual(expected);
    expect(repairedParents(thing(stored), faults)).toEqual(repaired);
  });

  it('has none left after a repair, whatever JSON is stored', () => {
    const parents = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom('t:type', 't:type2', 't:twin', 't:none', OWN, 'x'),
        fc.oneof(fc.integer(), fc.jsonValue()),
      ),
    );
    fc.assert(
      fc.property(parents, fc.constantFrom<Kind>('type', 'twin'), (stored, kind) => {
        const broken = thing(stored as JsonValue);
        const repaired = thing(repairedParents(broken, faultsOf(broken, kind, lookup)));
        expect(faultsOf(repaired, kind, lookup)).toEqual([]);
      }),
    );
  });
});

describe('mentionedParents', () => {
  it.each<[JsonValue, readonly string[]]>([
    ['t:a', ['t:a']],
    [{ 't:a': 'x', bad: 1 }, ['t:a']],
    [['t:a'], []],
    [null, []],
  ])('of %j are %j', (stored, ids) => {
    expect(mentionedParents(thing(stored))).toEqual(ids);
  });
});

describe('closingLinks', () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>) =>
    new Map(
      Object.entries(edges).map(([id, parents]) => [parseThingId(id), parents.map((text) => parseThingId(text))]),
    );

  it('finds none in a tree or a graph without cycles', () => {
    expect(closingLinks(graph({ 't:b': ['t:a'], 't:c': ['t:a', 't:b'], 't:d': ['t:b', 't:c'] }))).toEqual([]);
  });

  it('names the link and the way down through the cycle', () => {
    expect(closingLinks(graph({ 't:a': ['t:c'], 't:b': ['t:a'], 't:c': ['t:b'] }))).toEqual([
      { childId: 't:b', parentId: 't:a', path: ['t:a', 't:b', 't:c', 't:a'] },
    ]);
  });

  it('leaves no cycle when its links are taken away, whatever the graph', () => {
    const id = fc.integer({ min: 0, max: 7 }).map((number) => parseThingId(`t:${String(number)}`));
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id), { maxLength: 24 }), (links) => {
        const edges = new Map<ThingId, ThingId[]>();
        for (const [child, parent] of links) edges.set(child, [...new Set([...(edges.get(child) ?? []), parent])]);
        for (const { childId, parentId, path } of closingLinks(edges)) {
          expect([path.at(0), path.at(-1)]).toEqual([parentId, parentId]);
          edges.set(childId, edges.get(childId)?.filter((other) => other !== parentId) ?? []);
        }
        for (const start of edges.keys()) expect(findCycle(edges, start)).toBeUndefined();
      }),
    );
  });
});
