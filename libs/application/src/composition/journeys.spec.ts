import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import { parseSubjectId } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import { aPolicy } from '@gemel/testkit/builders';
import { MemorySearch, MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import type { ThingMemory, ThingPageQuery } from '../ports/index.js';
import { QueryWatch, SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from '../things/index.js';
import { OneAtATime, createComposition, rememberingGuards } from './index.js';

const ignore = (): void => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const clock = { now: () => 0 };
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: {} };
const real = { dryRun: false };
const id = (name: string): ThingId => parseThingId(`x:${name}`);

/** A store that is far away: all that is asked of it in one turn of the event loop goes there and back together. */
class FarStore extends MemoryStore implements ThingMemory {
  journeys = 0;
  readonly search = new MemorySearch({ things: () => this.things() });
  #leaving: Promise<void> | undefined;

  override thing(thingId: ThingId): Promise<ThingState | undefined> {
    return this.journey(() => super.thing(thingId));
  }

  override policy(policyId: PolicyId): Promise<PolicyState | undefined> {
    return this.journey(() => super.policy(policyId));
  }

  override guardVersion(name: string): Promise<number> {
    return this.journey(() => super.guardVersion(name));
  }

  override append(...[changes, guard]: Parameters<MemoryStore['append']>): Promise<void> {
    return this.journey(() => super.append(changes, guard));
  }

  find(query: ThingPageQuery) {
    return this.journey(() => this.search.find(query));
  }

  recall(thingId: ThingId): ThingState | undefined {
    return this.things().find(({ thing }) => thing.thingId === thingId);
  }

  async refresh(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    const states = await Promise.all(ids.map((each) => this.thing(each)));
    return new Map(states.flatMap((state) => (state === undefined ? [] : [[state.thing.thingId, state]])));
  }

  seen(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.refresh(ids);
  }

  async journey<T>(task: () => Promise<T>): Promise<T> {
    this.#leaving ??= new Promise((arrive) => {
      this.journeys += 1;
      setImmediate(() => {
        this.#leaving = undefined;
        arrive();
      });
    });
    await this.#leaving;
    return task();
  }
}

/** Looks at the type of each twin that is changed. */
const conformance: NonNullable<Parameters<typeof createThingService>[0]['conformance']> = {
  check: async (_before, _after, see) => {
    await see(id('part'));
    return undefined;
  },
};

async function open(store = new FarStore(), options: Partial<Parameters<typeof createThingService>[0]> = {}) {
  const log = rememberingGuards(store);
  const { enforcers, creation } = createPolicies({ log, states: store, clock });
  const shared = { log, states: store, memory: store };
  const things = createThingService({
    ...{ ...shared, archive: store.archive, enforcers, policyCreation: creation, clock },
    maxThingBytes: 102_400,
    ...options,
  });
  const created = (await store.end()) > 0 ? undefined : await creation.create(aPolicy(), owner);
  if (created !== undefined) await store.append([created.change]);
  const index = {
    find: (query: ThingPageQuery) => store.find(query),
    count: store.search.count.bind(store.search),
    visit: store.search.visit.bind(store.search),
  };
  const search = new SearchService(index, enforcers, new QueryWatch(clock, SILENT), store);
  const ids = { uuid: () => '00000000-0000-4000-8000-000000000000' };
  const composition = createComposition({ ...shared, things, search, ids }, new OneAtATime(log));
  /** Journeys that something takes. */
  const counted = async (change: () => Promise<unknown>): Promise<number> => {
    const before = store.journeys;
    await change();
    return store.journeys - before;
  };
  const make = async (names: readonly string[], isType: boolean): Promise<void> => {
    for (const name of names) {
      const value = { policyId: parsePolicyId('example:policy'), attributes: { _isType: isType } };
      await things.execute({ kind: 'create', thingId: id(name), value }, owner);
    }
  };
  return { composition, things, counted, make };
}

describe('a change of the composition in a far store', () => {
  const names = Array.from({ length: 20 }, (_, index) => `n${String(index)}`);

  it('takes two journeys for a link however deep it is: one to look at what takes part, one to commit', async () => {
    const { composition, counted, make } = await open();
    await make([...names, 'leaf'], true);
    const { links } = composition.changes;
    const link = (parent: string, child: string) =>
      counted(() => links.set({ parentId: id(parent), childId: id(child) }, { count: 1 }, real, owner));
    // The first change asks for the version of the guard.
    expect(await link('n0', 'n1')).toBe(3);
    for (let index = 2; index < names.length; index += 1)
      expect(await link(`n${String(index - 1)}`, `n${String(index)}`)).toBe(2);
    expect(await link('n19', 'leaf')).toBe(2);
    await expect(link('leaf', 'n0')).rejects.toThrow('part of itself');
  });

  it('takes as many for a move, and for a link of the compatible API', async () => {
    const { composition, counted, make } = await open();
    await make([...names, 'leaf'], false);
    const link = (parent: string, child: string) =>
      counted(() => composition.twins.link(id(child), { parentId: id(parent), count: 1 }, undefined, owner));
    expect(await link('n0', 'n1')).toBeLessThanOrEqual(4);
    for (let index = 2; index < names.length; index += 1)
      expect(await link(`n${String(index - 1)}`, `n${String(index)}`)).toBeLessThanOrEqual(3);
    expect(await counted(() => composition.changes.twins.move(id('leaf'), { parent: id('n19') }, real, owner))).toBe(2);
    await expect(composition.changes.twins.move(id('n0'), { parent: id('leaf') }, real, owner)).rejects.toThrow(
      'part of itself',
    );
  });

  it('takes as many for few twins as for many, each of which is held to its type', async () => {
    const { composition, counted, make } = await open(new FarStore(), { conformance });
    await make(['few', 'many', 'part'], true);
    const { links, twins } = composition.changes;
    const made = async (name: string, count: number): Promise<number> => {
      await links.set({ parentId: id(name), childId: id('part') }, { count }, real, owner);
      const plain = { values: {}, children: new Map(), policy: { use: 'share' }, resetValues: false } as const;
      const request = { ...plain, thingId: id(`${name}-made`) };
      return counted(() => twins.instantiate(id(name), request, real, owner));
    };
    const few = await made('few', 1);
    expect(few).toBeLessThan(12);
    expect(await made('many', 50)).toBe(few);
  });

  it('is planned again when another replica was first, and asks from then on', async () => {
    const store = new FarStore();
    const [one, two] = [await open(store), await open(store)];
    await one.make(['a', 'b', 'c'], false);
    const move = (replica: typeof one, child: string, parent: string) =>
      replica.counted(() => replica.composition.changes.twins.move(id(child), { parent: id(parent) }, real, owner));
    await move(one, 'b', 'a');
    expect(await move(one, 'c', 'b')).toBe(2);
    await move(two, 'b', 'c').catch(ignore);
    await move(two, 'c', 'a');
    // Look, commit in vain, ask, look, commit.
    expect(await move(one, 'b', 'c')).toBe(5);
    expect(await move(one, 'b', 'a')).toBe(3);
    await expect(move(two, 'a', 'b')).rejects.toThrow('part of itself');
  });
});
