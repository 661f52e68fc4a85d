import { thingChange, thingDeletion } from '@gemel/testkit/contracts';
import type { ThingState } from '@gemel/model/things';
import { IndexShelf } from './index-shelf.js';
import type { ShelfOptions } from './index-shelf.js';
import type { ValueIndex } from './value-index.js';

const N = ['attributes', 'n'];

function openShelf(options?: ShelfOptions) {
  const states = new Map<string, ThingState>();
  const shelf = new IndexShelf({ allStates: () => states.values(), thing: (id) => states.get(id) }, options);
  const write = (id: string, revision: number, n: number) => {
    states.set(id, thingChange(id, revision, { n }).state);
    shelf.changed(id);
  };
  return { shelf, states, write };
}

function keysOf(index: ValueIndex | undefined): readonly unknown[] | undefined {
  if (index === undefined) return undefined;
  const keys: unknown[] = [];
  const { entries } = index;
  for (let place = entries.seek(() => false), at = entries.after(place); at !== undefined; at = entries.after(place)) {
    keys.push(at.key);
    place = entries.next(place);
  }
  return keys;
}

describe('IndexShelf', () => {
  it('makes an index that is asked for, and keeps it up with every change', async () => {
    const { shelf, states, write } = openShelf();
    write('a:1', 1, 5);
    expect(await shelf.get(N)).toBeUndefined();
    expect(shelf.counts.pending).toBe(1);
    write('a:2', 1, 3);
    await shelf.settled();
    expect(keysOf(await shelf.get(N))).toEqual([3, 5]);
    write('a:1', 2, 1);
    write('a:3', 1, 2);
    expect(keysOf(await shelf.get(N))).toEqual([1, 2, 3]);
    states.set('a:1', thingDeletion('a:1', 3).state);
    shelf.changed('a:1');
    expect(keysOf(await shelf.get(N))).toEqual([2, 3]);
    expect(shelf.counts).toEqual({ indexes: 1, entries: 2, pending: 0 });
  });

  it('sees what changes while it is made', async () => {
    const { shelf, write } = openShelf();
    for (let n = 0; n < 2_000; n++) write(`a:${String(n)}`, 1, n);
    await shelf.get(N);
    const made = shelf.settled();
    for (let n = 0; n < 2_000; n += 7) write(`a:${String(n)}`, 2, -1);
    await made;
    const keys = keysOf(await shelf.get(N));
    expect(keys).toHaveLength(2_000);
    expect(keys?.filter((key) => key === -1)).toHaveLength(286);
  });

  it('makes an index again that is too far behind', async () => {
    const { shelf, write } = openShelf({ maxBehind: 10 });
    write('a:1', 1, 1);
    await shelf.get(N);
    await shelf.settled();
    for (let revision = 2; revision < 40; revision++) write('a:1', revision, revision);
    expect(await shelf.get(N)).toBeUndefined();
    await shelf.settled();
    expect(keysOf(await shelf.get(N))).toEqual([39]);
  });

  it('drops the index that was not used for the longest time when there is no room', async () => {
    let now = 0;
    const { shelf, write } = openShelf({ maxEntries: 5, now: () => now });
    write('a:1', 1, 1);
    write('a:2', 1, 1);
    for (const property of [['thingId'], N, ['policyId']]) {
      now += 1;
      await shelf.get(property);
      await shelf.settled();
    }
    expect(shelf.counts).toEqual({ indexes: 2, entries: 4, pending: 0 });
    expect([await shelf.get(['policyId']), await shelf.get(N)]).not.toContain(undefined);
    now += 1_000_000;
    await shelf.get(['definition']);
    await shelf.settled();
    expect(shelf.counts.indexes).toBe(1);
  });

  it('makes none that is too large, and none after its end', async () => {
    const { shelf, write } = openShelf({ maxEntries: 1 });
    for (const id of ['a:1', 'a:2']) write(id, 1, 1);
    await shelf.get(N);
    await shelf.settled();
    expect(shelf.counts.indexes).toBe(0);
    await shelf.stop();
    expect(await shelf.get(['thingId'])).toBeUndefined();
    await shelf.settled();
    expect(shelf.counts.indexes).toBe(0);
  });
});
