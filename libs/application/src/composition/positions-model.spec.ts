import fc from 'fast-check';
import { GemelError } from '@gemel/model/errors';
import { parseThingId } from '@gemel/model/ids';
import { isJsonArray, isJsonObject } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';
import { idOf } from './index.js';

const id = parseThingId;
const real = { dryRun: false };
const PARENTS = ['p:0', 'p:1'] as const;
const CHILDREN = Array.from({ length: 8 }, (_, index) => `c:${String(index)}`);
const WHOLE = { depth: 1, fields: undefined };

/** Children by parent, in order. */
type Orders = Readonly<Record<string, readonly string[]>>;

const idsOf = (things: JsonValue = []): readonly string[] =>
  isJsonArray(things) ? things.filter(isJsonObject).map(idOf) : [];

/** As trees show it, which must be as pages show it. */
async function ordersOf(app: OpenComposition): Promise<Orders> {
  const orders: Record<string, readonly string[]> = {};
  for (const parent of PARENTS) {
    orders[parent] = idsOf((await app.reads.twins.tree(id(parent), WHOLE, app.owner))['children']);
    expect(await pagesOf(app, parent)).toEqual(orders[parent]);
  }
  return orders;
}

async function pagesOf(app: OpenComposition, parent: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let option = 'size(3)'; ;) {
    const page = await app.reads.twins.children(id(parent), { option }, app.owner);
    found.push(...page.items.map(idOf));
    if (page.cursor === undefined) return found;
    option = `size(3),cursor(${page.cursor})`;
  }
}

interface Operation {
  readonly run: (app: OpenComposition, before: Orders) => Promise<unknown>;
  /** What must have become of it, as far as it is said. */
  readonly check: (before: Orders, after: Orders) => void;
}

const without = (order: readonly string[] = [], child: string) => order.filter((each) => each !== child);
const parentOf = (orders: Orders, child: string) => PARENTS.find((parent) => orders[parent]?.includes(child));

function othersStay(before: Orders, after: Orders, child: string): void {
  for (const parent of PARENTS) expect(without(after[parent], child)).toEqual(without(before[parent], child));
}

const operations = {
  move: (child: string, parent: string | null | undefined, position: number | null | undefined): Operation => ({
    run: (app) =>
      app.changes.twins.move(
        id(child),
        { parent: typeof parent === 'string' ? id(parent) : parent, position },
        real,
        app.owner,
      ),
    check: (before, after) => {
      othersStay(before, after, child);
      const home = parent === undefined ? parentOf(before, child) : (parent ?? undefined);
      expect(parentOf(after, child)).toBe(home);
      if (home === undefined || typeof position !== 'number') return;
      expect(after[home]).toEqual(without(before[home], child).toSpliced(position, 0, child));
    },
  }),
  make: (child: string, parent: string, position: number): Operation => ({
    run: async (app) => {
      await app.changes.twins.delete(id(child), { ...real, tree: true }, app.owner);
      const request = {
        ...{ thingId: id(child), parent: id(parent), position, values: {}, children: new Map() },
        ...{ policy: { use: 'share' as const }, resetValues: false },
      };
      await app.changes.twins.instantiate(id('t:part'), request, real, app.owner);
    },
    check: (before, after) => {
      othersStay(before, after, child);
      expect(after[parent]).toEqual(without(before[parent], child).toSpliced(position, 0, child));
    },
  }),
  reorder: (parent: string, first: readonly string[]): Operation => ({
    run: (app, before) => {
      const named = first.filter((each) => before[parent]?.includes(each)).map(id);
      return app.changes.order.reorder('twin', id(parent), { ...real, first: named }, app.owner);
    },
    check: (before, after) => {
      const order = before[parent] ?? [];
      const named = first.filter((each) => order.includes(each));
      const others = order.filter((each) => !named.includes(each));
      expect(after).toEqual({ ...before, [parent]: [...named, ...others] });
    },
  }),
  write: (child: string, value: JsonValue): Operation => ({
    run: (app) => app.write(child, ['attributes', '_position'], value),
    check: (before, after) => othersStay(before, after, child),
  }),
};

const child = fc.constantFrom(...CHILDREN);
const parent = fc.constantFrom(...PARENTS);
const position = fc.nat(9);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(child, parent, position).map((asked) => operations.move(...asked)) },
  { weight: 3, arbitrary: fc.tuple(child, fc.constant(undefined), position).map((asked) => operations.move(...asked)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(child, fc.option(parent), fc.constantFrom(undefined, null))
      .map((asked) => operations.move(...asked)),
  },
  { weight: 2, arbitrary: fc.tuple(child, parent, position).map((asked) => operations.make(...asked)) },
  {
    weight: 1,
    arbitrary: fc.tuple(parent, fc.shuffledSubarray(CHILDREN)).map((asked) => operations.reorder(...asked)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(child, fc.constantFrom<JsonValue>(0, 1, 1.5, 'x', true, null))
      .map((asked) => operations.write(...asked)),
  },
);

async function start(): Promise<OpenComposition> {
  const app = await openComposition();
  const create = (thing: string, isType: boolean) =>
    app.things.execute(
      { kind: 'create', thingId: id(thing), value: { policyId: 'example:policy', attributes: { _isType: isType } } },
      app.owner,
    );
  await create('t:part', true);
  for (const thing of [...PARENTS, ...CHILDREN]) await create(thing, false);
  for (const each of CHILDREN) await app.changes.twins.move(id(each), { parent: id('p:0') }, real, app.owner);
  return app;
}

describe('positions among siblings', () => {
  it('are as asked for, lose nobody, and leave the others in their order, whatever was written past them', async () => {
    let [count, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 30, maxLength: 30 }), async (all) => {
        const app = await start();
        let before = await ordersOf(app);
        for (const { run, check } of all) {
          const result = await run(app, before).then(
            () => 'done',
            (error: unknown) => (error instanceof GemelError ? 'refused' : error),
          );
          const after = await ordersOf(app);
          count += 1;
          if (result === 'refused') {
            refused += 1;
            expect(after).toEqual(before);
          } else {
            expect(result).toBe('done');
            check(before, after);
          }
          before = after;
        }
      }),
      { numRuns: 10 },
    );
    expect(refused).toBeLessThan(count / 4);
  });
});
