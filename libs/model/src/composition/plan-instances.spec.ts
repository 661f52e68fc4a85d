import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import { valueAt } from '../json/index.js';
import { CycleRefused, InstanceIdAmbiguous, InstanceIdInvalid, TooManyThings } from './errors.js';
import { planInstances } from './plan-instances.js';
import type { InstanceRequest, SourceGraph, SourceNode } from './plan-instances.js';

const car = parseThingId('example:car');
const wheel = parseThingId('example:wheel');

function graphOf(
  nodes: Readonly<Record<string, { thing?: JsonObject; children?: readonly (readonly [string, number])[] }>>,
): SourceGraph {
  return new Map(
    Object.entries(nodes).map(([id, { thing = {}, children = [] }]): [ThingId, SourceNode] => [
      parseThingId(id),
      { thing, children: children.map(([child, count]) => ({ childId: parseThingId(child), count })) },
    ]),
  );
}

function request(change: Partial<InstanceRequest> = {}): InstanceRequest {
  return {
    kind: 'type',
    rootId: car,
    targetId: parseThingId('example:mycar'),
    patch: {},
    maxThings: 1_000,
    ...change,
  };
}

describe('planInstances', () => {
  it('makes a car with four wheels out of their types', () => {
    const graph = graphOf({
      'example:car': {
        thing: {
          thingId: car,
          policyId: 'p:p',
          attributes: { _isType: true, name: 'Car' },
          features: { gps: { properties: { latitude: 1 } } },
        },
        children: [['example:wheel', 4]],
      },
      'example:wheel': {
        thing: {
          thingId: wheel,
          policyId: 'p:p',
          attributes: { _isType: true, _parents: { 'example:car': 4 } },
          features: { velocity: { properties: { value: 3, unit: 'km/h' } } },
        },
      },
    });

    const plan = planInstances(graph, request());

    expect(plan).toEqual([
      {
        kind: 'create',
        thingId: 'example:mycar',
        value: {
          policyId: 'p:p',
          attributes: { name: 'Car', _isType: false, type: 'example:car' },
          features: { gps: { properties: { latitude: null } } },
        },
      },
      ...[1, 2, 3, 4].map((index) => ({
        kind: 'create',
        thingId: `example:mycar:wheel_${String(index)}`,
        value: {
          policyId: 'p:p',
          attributes: { _isType: false, _parents: 'example:mycar', type: 'example:wheel' },
          features: { velocity: { properties: { value: null, unit: null } } },
        },
      })),
    ]);
  });

  it('merges the patch into the root only and resets its values, too', () => {
    const graph = graphOf({
      'example:car': { thing: { attributes: { a: 1, b: 2 } }, children: [['example:wheel', 1]] },
      'example:wheel': {},
    });

    const [root, child] = planInstances(
      graph,
      request({
        patch: {
          policyId: 'q:q',
          attributes: { a: null, c: 3 },
          features: { f: { properties: { x: [1, 'a'], y: {} } } },
        },
      }),
    );

    expect(root?.value).toEqual({
      policyId: 'q:q',
      attributes: { b: 2, c: 3, _isType: false, type: 'example:car' },
      features: { f: { properties: { x: [null, null], y: {} } } },
    });
    expect(child).toEqual({
      kind: 'create',
      thingId: 'example:mycar:wheel',
      value: { attributes: { _isType: false, _parents: 'example:mycar', type: 'example:wheel' } },
    });
  });

  it('keeps definitions', () => {
    const thing = { definition: 'a:b:1', features: { f: { definition: ['a:b:1'], desiredProperties: { t: true } } } };

    const [root] = planInstances(graphOf({ 'example:car': { thing } }), request());

    expect(root?.value).toMatchObject({
      definition: 'a:b:1',
      features: { f: { definition: ['a:b:1'], desiredProperties: { t: null } } },
    });
  });

  it('leaves attributes that are no object for the decider to refuse', () => {
    const [root] = planInstances(graphOf({ 'example:car': {} }), request({ patch: { attributes: 'text' } }));

    expect(root?.value).toEqual({ attributes: 'text' });
  });

  it('names the parts of a copy after the parts of the original', () => {
    const graph = graphOf({
      'example:mycar': {
        children: [
          ['example:mycar:wheel_1', 1],
          ['example:mycar:wheel_2', 1],
          ['raspberry:DHT22_1', 1],
        ],
      },
      'example:mycar:wheel_1': { children: [['example:mycar:wheel_1:valve', 1]] },
      'example:mycar:wheel_2': {},
      'example:mycar:wheel_1:valve': {},
      'raspberry:DHT22_1': {},
    });

    const plan = planInstances(
      graph,
      request({ kind: 'twin', rootId: parseThingId('example:mycar'), targetId: parseThingId('other:copy') }),
    );

    expect(plan.map(({ thingId, value }) => [thingId, valueAt(value, ['attributes', 'copyOf'])])).toEqual([
      ['other:copy', 'example:mycar'],
      ['other:copy:wheel_1', 'example:mycar:wheel_1'],
      ['other:copy:wheel_2', 'example:mycar:wheel_2'],
      ['other:copy:DHT22_1', 'raspberry:DHT22_1'],
      ['other:copy:wheel_1:valve', 'example:mycar:wheel_1:valve'],
    ]);
  });

  it('ignores links to things that are gone', () => {
    const plan = planInstances(graphOf({ 'example:car': { children: [['example:gone', 3]] } }), request());

    expect(plan).toHaveLength(1);
  });

  it('refuses two parts with one identifier', () => {
    const graph = graphOf({
      'example:car': {
        children: [
          ['a:wheel', 1],
          ['b:wheel', 1],
        ],
      },
      'a:wheel': {},
      'b:wheel': {},
    });

    expect(() => planInstances(graph, request())).toThrow(InstanceIdAmbiguous);
  });

  it('refuses identifiers beyond 256 characters', () => {
    const graph = graphOf({ 'example:car': { children: [['example:wheel', 1]] }, 'example:wheel': {} });
    const targetId = parseThingId(`example:${'x'.repeat(243)}`);

    expect(() => planInstances(graph, request({ targetId }))).toThrow(InstanceIdInvalid);
  });

  it('stops at the limit whatever the counts', () => {
    const graph = graphOf({ 'example:car': { children: [['example:wheel', 1e15]] }, 'example:wheel': {} });

    expect(() => planInstances(graph, request())).toThrow(TooManyThings);
  });

  const links = fc.uniqueArray(fc.tuple(fc.nat(7), fc.nat(7), fc.integer({ min: 1, max: 3 })), {
    selector: ([from, to]) => `${String(from)} ${String(to)}`,
    maxLength: 14,
  });
  const nodeGraph = (edges: readonly (readonly [number, number, number])[]) =>
    graphOf(
      Object.fromEntries(
        Array.from({ length: 8 }, (_, node) => [
          `t:n${String(node)}`,
          {
            children: edges
              .filter(([from]) => from === node)
              .map(([, to, count]) => [`t:n${String(to)}`, count] as const),
          },
        ]),
      ),
    );

  it('makes as many twins as the products of counts along all paths, each with its own id and a parent before it', () => {
    fc.assert(
      fc.property(links, (edges) => {
        const downward = edges.filter(([from, to]) => from < to);
        const size = (node: number): number =>
          1 + downward.filter(([from]) => from === node).reduce((sum, [, to, count]) => sum + count * size(to), 0);
        const plan = () =>
          planInstances(nodeGraph(downward), request({ rootId: parseThingId('t:n0'), maxThings: 500 }));
        if (size(0) > 500) {
          expect(plan).toThrow(TooManyThings);
          return;
        }
        const commands = plan();
        expect(commands).toHaveLength(size(0));
        const seen = new Set<unknown>([undefined]);
        for (const { thingId, value } of commands) {
          expect(seen.has(valueAt(value, ['attributes', '_parents']))).toBe(true);
          expect(seen.has(thingId)).toBe(false);
          seen.add(thingId);
        }
      }),
    );
  });

  it('refuses exactly the graphs with a cycle below the root', () => {
    fc.assert(
      fc.property(links, (edges) => {
        const reachable = (from: number, found = new Set<number>()): Set<number> => {
          for (const [start, to] of edges) {
            if (start !== from || found.has(to)) continue;
            found.add(to);
            reachable(to, found);
          }
          return found;
        };
        const cyclic = [0, ...reachable(0)].some((node) => reachable(node).has(node));
        const plan = () => planInstances(nodeGraph(edges), request({ rootId: parseThingId('t:n0'), maxThings: 1e6 }));
        if (cyclic) expect(plan).toThrow(CycleRefused);
        else expect(plan).not.toThrow();
      }),
    );
  });
});
