import fc from 'fast-check';
import { GemelError } from '@gemel/model/errors';
import { findCycle, kindOf, parentLinks } from '@gemel/model/composition';
import type { TwinRequest } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

/** A thing as the reference knows it. */
interface Known {
  readonly isType: boolean;
  readonly parents: JsonValue | undefined;
  readonly type?: string;
  readonly copyOf?: string;
}
type World = ReadonlyMap<string, Known>;
/** Undefined when it must be refused: then the world stays as it is. */
type Expected = World | undefined;

const MOST_THINGS = 40;
const real = { dryRun: false };
const plain = { values: {}, children: new Map(), policy: { use: 'share' }, resetValues: false } as const;
const id = parseThingId;

/** Counts by parent; what is broken counts as nothing. */
function parentsOf({ isType, parents }: Known): ReadonlyMap<string, number> {
  if (!isType) return new Map(typeof parents === 'string' && parents.includes(':') ? [[parents, 1]] : []);
  return new Map(
    Object.entries(isJsonObject(parents) ? parents : {}).flatMap(([parent, count]) =>
      parent.includes(':') && typeof count === 'number' && count >= 1 ? [[parent, count] as const] : [],
    ),
  );
}

const isOf = (world: World, thing: string, isType: boolean) => world.get(thing)?.isType === isType;

function childrenOf(world: World, parent: string): readonly string[] {
  const isType = world.get(parent)?.isType;
  return [...world.keys()]
    .toSorted()
    .filter((each) => world.get(each)?.isType === isType && parentsOf(world.get(each) ?? NOBODY).has(parent));
}

const NOBODY: Known = { isType: false, parents: undefined };

/** In breadth first order, each once, the root included. */
function below(world: World, root: string): readonly string[] {
  const found = new Set([root]);
  for (const each of found) for (const child of childrenOf(world, each)) found.add(child);
  return [...found];
}

/** Everything that is reached upward, whether there is such a thing or not. */
function above(world: World, from: string): ReadonlySet<string> {
  const isType = world.get(from)?.isType;
  const found = new Set([from]);
  for (const each of found)
    if (world.get(each)?.isType === isType)
      for (const parent of parentsOf(world.get(each) ?? NOBODY).keys()) found.add(parent);
  return found;
}

function isInCycleBelow(world: World, root: string): boolean {
  const walk = (each: string, way: readonly string[]): boolean =>
    way.includes(each) || childrenOf(world, each).some((child) => walk(child, [...way, each]));
  return walk(root, []);
}

const nameOf = (thing: string) => thing.slice(thing.indexOf(':') + 1);

function made(world: World, source: string, target: string, parent: string | undefined): Expected {
  if (isInCycleBelow(world, source)) return undefined;
  if (parent !== undefined && !isOf(world, parent, false)) return undefined;
  const next = new Map(world);
  const created: string[] = [];
  const make = (from: string, to: string, under: string | undefined): boolean => {
    if (next.has(to) || to.length > 256 || next.size > 2_000) return false;
    const { isType, type } = world.get(from) ?? NOBODY;
    next.set(to, {
      isType: false,
      parents: under,
      ...(isType ? { type: from } : { copyOf: from, ...(type === undefined ? {} : { type }) }),
    });
    created.push(to);
    return childrenOf(world, from).every((child) => {
      const count = parentsOf(world.get(child) ?? NOBODY).get(from) ?? 0;
      return Array.from({ length: count }, (_, index) => {
        const ending = !isType && child.startsWith(`${from}:`) ? child.slice(from.length + 1) : nameOf(child);
        return `${to}:${ending}${count > 1 ? `_${String(index + 1)}` : ''}`;
      }).every((part) => make(child, part, to));
    });
  };
  if (!make(source, target, parent)) return undefined;
  // Something that already names a new twin as its parent may be above the new tree.
  return parent !== undefined && created.some((each) => above(world, parent).has(each)) ? undefined : next;
}

/** An operation on the things named, and what must become of the world. */
interface Operation {
  readonly expect: (world: World) => Expected;
  readonly run: (app: OpenComposition) => Promise<unknown>;
}

const withParents = (world: World, thing: string, parents: JsonValue | undefined): World =>
  new Map(world).set(thing, { ...(world.get(thing) ?? NOBODY), parents });

const without = (world: World, gone: readonly string[]): World =>
  new Map([...world].filter(([each]) => !gone.includes(each)));

const operations = {
  create: (isType: boolean, thing: string): Operation => ({
    expect: (world) => (world.has(thing) ? undefined : new Map(world).set(thing, { isType, parents: undefined })),
    run: (app) =>
      app.things.execute(
        { kind: 'create', thingId: id(thing), value: { policyId: 'example:policy', attributes: { _isType: isType } } },
        app.owner,
      ),
  }),
  write: (thing: string, parents: JsonValue): Operation => ({
    expect: (world) => (world.has(thing) ? withParents(world, thing, parents) : undefined),
    run: (app) => app.write(thing, ['attributes', '_parents'], parents),
  }),
  move: (thing: string, parent: string | undefined): Operation => ({
    expect: (world) => {
      if (!isOf(world, thing, false)) return undefined;
      const now = world.get(thing)?.parents ?? undefined;
      if (now === parent) return world;
      if (parent === undefined) return withParents(world, thing, undefined);
      if (!isOf(world, parent, false) || above(world, parent).has(thing)) return undefined;
      return withParents(world, thing, parent);
    },
    run: (app) =>
      app.changes.twins.move(id(thing), { parent: parent === undefined ? null : id(parent) }, real, app.owner),
  }),
  remove: (thing: string, tree: boolean): Operation => ({
    expect: (world) => {
      if (!isOf(world, thing, false)) return undefined;
      if (tree) return without(world, below(world, thing));
      const freed = childrenOf(world, thing).reduce((next, child) => withParents(next, child, undefined), world);
      return without(freed, [thing]);
    },
    run: (app) => app.changes.twins.delete(id(thing), { ...real, tree }, app.owner),
  }),
  link: (child: string, parent: string, count: number): Operation => ({
    expect: (world) => {
      if (!isOf(world, child, true) || !isOf(world, parent, true)) return undefined;
      const { parents } = world.get(child) ?? NOBODY;
      const known = parentsOf(world.get(child) ?? NOBODY).has(parent);
      if (!known && above(world, parent).has(child)) return undefined;
      return withParents(world, child, { ...(isJsonObject(parents) ? parents : {}), [parent]: count });
    },
    run: (app) =>
      app.changes.links.set({ childId: id(child), parentId: id(parent) }, { count, name: null }, real, app.owner),
  }),
  unlink: (child: string, parent: string): Operation => ({
    expect: (world) => {
      const { parents } = world.get(child) ?? NOBODY;
      if (!isOf(world, child, true) || !isOf(world, parent, true)) return undefined;
      if (!isJsonObject(parents) || !Object.hasOwn(parents, parent)) return undefined;
      const rest = Object.fromEntries(Object.entries(parents).filter(([each]) => each !== parent));
      return withParents(world, child, Object.keys(rest).length === 0 ? undefined : rest);
    },
    run: (app) => app.changes.links.remove({ childId: id(child), parentId: id(parent) }, real, app.owner),
  }),
  make: (source: string, isType: boolean, target: string, parent: string | undefined): Operation => ({
    expect: (world) => (isOf(world, source, isType) ? made(world, source, target, parent) : undefined),
    run: (app) => {
      const request: TwinRequest = {
        ...plain,
        thingId: id(target),
        parent: parent === undefined ? parent : id(parent),
      };
      return isType
        ? app.changes.twins.instantiate(id(source), request, real, app.owner)
        : app.changes.twins.duplicate(id(source), request, real, app.owner);
    },
  }),
};

/** Numbers that choose the operation, and its things among those that there are. */
const dice = fc.noBias(fc.tuple(fc.nat(99), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 2 })));

function operationOf(world: World, [which, a, b, count]: readonly [number, number, number, number]): Operation {
  const all = [...world.keys(), 'n:none'];
  const pick = (isType: boolean, n: number) => {
    const fitting = all.filter((each) => world.get(each)?.isType !== !isType);
    return fitting[n % fitting.length] ?? '';
  };
  const fresh = `n:${String(b % 30)}`;
  if (world.size > MOST_THINGS) return operations.remove(pick(false, a), true);
  if (which < 12) return operations.create(which < 3, which < 3 ? `y:${String(a % 6)}` : fresh);
  if (which < 15) return operations.write(pick(false, a), [pick(false, b), 'x:gone', 7, 'y:1', null][b % 5] ?? null);
  if (which < 17)
    return operations.write(pick(true, a), [{ [pick(true, b)]: b % 2, 'y:gone': 1 }, {}, 'y:0'][b % 3] ?? {});
  if (which < 36) return operations.move(pick(false, a), which < 32 ? pick(false, b) : undefined);
  if (which < 42) return operations.remove(pick(false, a), which < 39);
  if (which < 60) return operations.link(pick(true, a), pick(true, b), count);
  if (which < 66) return operations.unlink(pick(true, a), pick(true, b));
  return operations.make(pick(which < 86, a), which < 86, fresh, count === 1 ? undefined : pick(false, b));
}

function storedWorld(app: OpenComposition): World {
  return new Map(
    app.ids().map((each) => {
      const thing = app.stored(each) ?? {};
      const [parents, type, copyOf] = ['_parents', 'type', 'copyOf'].map((key) => valueAt(thing, ['attributes', key]));
      return [
        each,
        {
          isType: kindOf(thing) === 'type',
          parents,
          ...(typeof type === 'string' ? { type } : {}),
          ...(typeof copyOf === 'string' ? { copyOf } : {}),
        },
      ] as const;
    }),
  );
}

function textOf(world: World): string {
  const lines = [...world].map(([each, { isType, parents = null, type = null, copyOf = null }]) =>
    JSON.stringify([each, isType, parents, type, copyOf]),
  );
  return lines.toSorted().join('\n');
}

describe('changes of the composition', () => {
  it('do what a simple reference does, 10,000 of them, writes past the composition among them', async () => {
    let count = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(dice, { minLength: 100, maxLength: 100 }), async (rolls) => {
        const app = await openComposition();
        let world: World = new Map();
        const first = ['y:0', 'y:1', 'y:2', 'y:3', 'n:a', 'n:b'].map((each, index) =>
          operations.create(index < 4, each),
        );
        for (const [index, roll] of rolls.entries()) {
          const operation = first[index] ?? operationOf(world, roll);
          const expected = operation.expect(world);
          const result = await operation.run(app).then(
            () => 'done',
            (error: unknown) => (error instanceof GemelError ? 'refused' : error),
          );
          expect(result).toBe(expected === undefined ? 'refused' : 'done');
          world = expected ?? world;
          count += 1;
          if (expected === undefined) refused += 1;
          expect(textOf(storedWorld(app))).toBe(textOf(world));
        }
      }),
      { numRuns: 100 },
    );
    expect(count).toBeGreaterThanOrEqual(10_000);
    expect(refused).toBeLessThan(count / 2);
  }, 180_000);

  it('never make a cycle or a second parent, 100 moves at a time', async () => {
    const twins = Array.from({ length: 12 }, (_, index) => `m:${String(index)}`);
    const moves = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { minLength: 100, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(moves, async (pairs) => {
        const app = await openComposition();
        for (const twin of twins) await operations.create(false, twin).run(app);
        const results = await Promise.allSettled(
          pairs.map(([a, b]) => operations.move(twins[a] ?? '', twins[b] ?? '').run(app)),
        );
        expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
        const edges = new Map(
          app
            .ids()
            .map((each) => [each, parentLinks(app.stored(each) ?? {}, 'twin').map((link) => String(link.parentId))]),
        );
        for (const twin of twins) {
          expect(findCycle(edges, twin)).toBeUndefined();
          expect(edges.get(twin)?.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 20 },
    );
  });
});
