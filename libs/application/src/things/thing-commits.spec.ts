import { parseThingId } from '@gemel/model/ids';
import { evolve } from '@gemel/model/things';
import { get, openThings, openWithCar, owner, put, thingId, verdict } from '@gemel/testkit/things';

const CHANGE = {
  entity: 'thing',
  event: {
    entity: 'thing',
    id: thingId,
    timestamp: 2_000,
    action: 'modified',
    path: ['attributes', 'color'],
    value: 'blue',
    headers: {},
  },
} as const;

describe('several commands', () => {
  it('are one commit', async () => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    await things.executeAll(
      [
        { kind: 'merge', thingId, path: ['attributes', 'n'], value: 1 },
        { kind: 'merge', thingId, path: ['attributes', 'n'], value: 2 },
        { kind: 'create', thingId: parseThingId('example:b'), value: { policyId: thingId } },
      ],
      owner,
    );
    expect(store.commits.slice(before).map((changes) => changes.map(({ event }) => event.revision))).toEqual([
      [2, 3, 1],
    ]);
  });

  it('tell what stands against each of them when they are rehearsed, and change nothing', async () => {
    const { things, store } = openThings();
    await things.execute({ kind: 'create', thingId, value: {} }, owner);
    const before = await store.end();
    const [one, two] = [parseThingId('example:one'), parseThingId('example:two')];
    const refusals = await things.rehearse(
      [
        { kind: 'create', thingId: one, value: {} },
        { kind: 'create', thingId: two, value: { policyId: one } },
        { kind: 'modify', thingId: two, path: ['attributes', 'a'], value: 1 },
        { kind: 'create', thingId, value: {} },
        { kind: 'delete', thingId: parseThingId('example:none'), path: [] },
        { kind: 'merge', thingId: one, path: ['attributes'], value: { b: 2 } },
      ],
      owner,
    );
    expect(refusals.map(({ thingId: id, error }) => [id, error.code])).toEqual([
      ['example:car', 'things:thing.conflict'],
      ['example:none', 'things:thing.notfound'],
    ]);
    expect(await store.end()).toBe(before);
  });

  it('change nothing when one of them is refused', async () => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    const all = things.executeAll(
      [
        { kind: 'merge', thingId, path: ['attributes', 'n'], value: 1 },
        { kind: 'delete', thingId: parseThingId('example:absent'), path: [] },
      ],
      owner,
    );
    await expect(all).rejects.toMatchObject({ code: 'things:thing.notfound' });
    expect(store.commits).toHaveLength(before);
    expect(await verdict(things, get(['attributes', 'n']), owner)).toBe('things:attribute.notfound');
  });
});

describe('the log', () => {
  it('is asked again after a lost race', async () => {
    const { things, store } = await openWithCar();
    store.races = 3;
    expect(await verdict(things, put(['attributes', 'color'], 'b'), owner)).toBe('modified');
  });

  it('may refuse: the command fails, those built on it are decided again', async () => {
    const { things, store } = await openWithCar();
    const release = store.hold();
    store.failures = 1;
    const [first, second] = [1, 2].map((n) => verdict(things, put(['attributes', `n${String(n)}`], n), owner));
    release();
    expect(await first).toBe('gemel:store.unavailable');
    expect(await second).toBe('created');
    expect((await things.execute(get(['attributes']), owner)).value).toEqual({ color: 'red', secret: 1, n2: 2 });
  });

  it('keeps nothing of a write that lost to another replica in those built on it', async () => {
    const { things, store } = await openWithCar();
    const revision = (await store.thing(thingId))?.revision ?? 0;
    const release = store.hold();
    const writes = ['n1', 'n2', 'n3'].map((name) => things.execute(put(['attributes', name], 0), owner));
    const other = { ...CHANGE, event: { ...CHANGE.event, revision: revision + 1 } };
    const before = await store.thing(thingId);
    await store.commitElsewhere([{ ...other, state: evolve(before, other.event) }]);
    release();
    const replies = await Promise.all(writes);
    expect(replies.map((reply) => reply.revision).toSorted()).toEqual([2, 3, 4].map((n) => revision + n));
    const attributes = { color: 'blue', secret: 1, n1: 0, n2: 0, n3: 0 };
    expect((await things.execute(get(['attributes']), owner)).value).toEqual(attributes);
  });

  it('takes a burst of writes to one thing in few appends, in their order', async () => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    const release = store.hold();
    const writes = Array.from({ length: 20 }, (_, n) => things.execute(put(['attributes', 'n'], n), owner));
    // So that all are decided.
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await Promise.all(writes);
    const appends = store.commits.slice(before);
    expect(appends.length).toBe(2);
    expect(appends.flat().map(({ event }) => event.value)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});
