import fc from 'fast-check';
import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import { valueAt } from '../json/index.js';
import { parseNameTemplate } from './name-template.js';
import { planInstances } from './plan-instances.js';
import { planTwins } from './plan-twins.js';
import type { Seed, Source, Sources, TwinOptions } from './plan-twins.js';

const car = parseThingId('t:car');
const target = parseThingId('x:mycar');

interface Node {
  readonly thing?: JsonObject;
  readonly children?: readonly (readonly [string, number])[];
}

const sourcesOf = (nodes: Readonly<Record<string, Node>>): Sources =>
  new Map(
    Object.entries(nodes).map(([id, { thing = {}, children = [] }]): [ThingId, Source] => [
      parseThingId(id),
      {
        thing: { policyId: 'p:p', ...thing },
        children: children.map(([child, count]) => ({ childId: parseThingId(child), count })),
      },
    ]),
  );
const seed = (change: Partial<Seed> = {}): Seed => ({
  sourceId: car,
  thingId: target,
  values: {},
  children: new Map(),
  ...change,
});
const options = (change: Partial<TwinOptions> = {}): TwinOptions => ({
  kind: 'type',
  policy: { use: 'share' },
  resetValues: false,
  maxThings: 1_000,
  ...change,
});
const CAR = sourcesOf({
  't:car': { children: [['t:axle', 2]] },
  't:axle': { children: [['t:wheel', 2]] },
  't:wheel': { thing: { policyId: 'p:wheels' } },
});

const valuesIn = (plan: ReturnType<typeof planTwins>) =>
  plan.steps.map(({ command }) => (command.kind === 'create' ? command.value : {}));

describe('planTwins', () => {
  it('plans what the extended API creates, when nothing else is asked for', () => {
    const links = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: 1, max: 3 })), { maxLength: 8 });
    const kind = fc.constantFrom('type' as const, 'twin' as const);
    fc.assert(
      fc.property(links, kind, (edges, of) => {
        const node = (n: number) => ({
          thing: {
            thingId: `t:n${String(n)}`,
            attributes: { n, _isType: of === 'type' },
            features: { f: { properties: { v: n } } },
          },
          // Only downward, so that there is no cycle; each pair once.
          children: [...new Map(edges.filter(([a, b]) => a === n && b > a).map(([, b, count]) => [b, count]))].map(
            ([b, count]) => [`t:n${String(b)}`, of === 'type' ? count : 1] as const,
          ),
        });
        const sources = sourcesOf(Object.fromEntries([0, 1, 2, 3, 4, 5].map((n) => [`t:n${String(n)}`, node(n)])));
        const root = parseThingId('t:n0');
        const planned = planTwins(sources, [seed({ sourceId: root })], options({ kind: of, resetValues: true }));
        const created = planInstances(sources, {
          kind: of,
          rootId: root,
          targetId: target,
          patch: {},
          maxThings: 1_000,
        });
        expect(planned).toEqual({ steps: created.map((command) => ({ command })), conflicts: [] });
      }),
    );
  });

  it('has a policy for all, or a copy of each under the first twin that has it', () => {
    const named = planTwins(CAR, [seed()], options({ policy: { use: 'named', policyId: parsePolicyId('p:all') } }));
    expect(new Set(valuesIn(named).map(({ policyId }) => policyId))).toEqual(new Set(['p:all']));
    const copied = valuesIn(planTwins(CAR, [seed()], options({ policy: { use: 'copy' } })));
    expect(copied.map(({ policyId, _copyPolicyFrom: from }) => [policyId, from])).toEqual([
      ['x:mycar', 'p:p'],
      ['x:mycar', undefined],
      ['x:mycar', undefined],
      ['x:mycar:axle_1:wheel_1', 'p:wheels'],
      ['x:mycar:axle_1:wheel_1', undefined],
      ['x:mycar:axle_1:wheel_1', undefined],
      ['x:mycar:axle_1:wheel_1', undefined],
    ]);
  });

  it.each([
    [undefined, 2, []],
    [undefined, 3, ['gemel:composition.serial.toomany']],
    [3, 3, []],
    [0, 1, ['gemel:composition.serial.toomany']],
  ])(
    'takes no more serials than parts: a count of %s beside the 2 of the link, and %i serials',
    (count, given, codes) => {
      const link = { childId: parseThingId('t:wheel'), count: 2, template: parseNameTemplate('{serial}') };
      const sources: Sources = new Map([
        [car, { thing: {}, children: [link] }],
        [link.childId, { thing: {}, children: [] }],
      ]);
      const serials = ['A', 'B', 'C'].slice(0, given);
      const children = new Map([[link.childId, { count, ids: [], serials, values: {}, children: new Map() }]]);
      const { conflicts } = planTwins(sources, [seed({ children })], options());
      expect(conflicts.map(({ error }) => error.code)).toEqual(codes);
    },
  );

  it('names every conflict, and stops at what makes no sense', () => {
    const long = parseThingId(`x:${'c'.repeat(246)}`);
    const plan = planTwins(CAR, [seed({ thingId: long }), seed({ thingId: long })], options());
    expect(new Set(plan.conflicts.map(({ error }) => error.code))).toEqual(
      new Set(['gemel:composition.id.ambiguous', 'gemel:composition.id.invalid']),
    );
    expect(planTwins(CAR, [seed()], options({ maxThings: 6 }))).toMatchObject({
      steps: [],
      conflicts: [{ error: { code: 'gemel:composition.toolarge' } }],
    });
    const ring = sourcesOf({ 't:car': { children: [['t:a', 1]] }, 't:a': { children: [['t:car', 1]] } });
    expect(planTwins(ring, [seed()], options())).toMatchObject({
      steps: [],
      conflicts: [{ error: { code: 'gemel:composition.cycle' } }],
    });
  });

  it('keeps the type of a copied instance', () => {
    const source = sourcesOf({ 't:car': { thing: { attributes: { type: 't:model', a: 1, _parents: 'x:old' } } } });
    const [value] = valuesIn(planTwins(source, [seed()], options({ kind: 'twin' })));
    expect(valueAt(value, ['attributes'])).toEqual({ a: 1, _isType: false, copyOf: 't:car', type: 't:model' });
  });
});
