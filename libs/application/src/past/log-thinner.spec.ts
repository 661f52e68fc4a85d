import type { Position } from '@gemel/application/ports';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { namesOf, policyChange, readAll, thingChange } from '@gemel/testkit/contracts';
import { MemoryStore } from '@gemel/testkit/memory';
import { LogThinner, PastStates } from './index.js';
import type { RetentionRule } from './index.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const X = parseThingId('a:x');

function setUp(rules: readonly RetentionRule[]) {
  const store = new MemoryStore();
  let now = 0;
  let consumed: Position = Infinity;
  const clock = { now: () => now };
  const past = new PastStates({ log: store, archive: store.archive, clock });
  const parts = { log: store, retention: store, past, clock, consumed: async () => consumed };
  const thinner = new LogThinner(parts, rules);
  return {
    store,
    past,
    thinner,
    setNow: (instant: number) => (now = instant),
    setConsumed: (position: Position) => (consumed = position),
    /** Until there is nothing to do any more. */
    thin: async () => {
      while (await thinner.step());
    },
    left: async () => namesOf(await readAll(store)),
  };
}

/** Revision n is of second n. */
async function write(store: MemoryStore, id: string, from: number, to: number) {
  for (let revision = from; revision <= to; revision++) {
    await store.append([thingChange(id, revision, { n: revision })]);
  }
}

describe('LogThinner', () => {
  it('removes nothing without rules', async () => {
    const { store, thin, left, setNow } = setUp([]);
    await write(store, 'a:x', 1, 3);
    setNow(1_000 * DAY);
    await thin();
    expect(await left()).toHaveLength(3);
  });

  it('removes what is older than is to be kept, of its kind only, and keeps a base', async () => {
    const { store, past, thin, left, setNow } = setUp([{ entity: 'thing', olderThanMs: DAY }]);
    await write(store, 'a:x', 1, 5);
    await store.append([policyChange('a:x', 1)]);
    await write(store, 'a:y', 1, 2);
    setNow(DAY + 3_500);
    await thin();
    expect(await left()).toEqual(['a:x#4', 'a:x#5', 'a:x#1', 'a:y#1', 'a:y#2']);
    setNow(DAY + 6_000);
    await thin();
    expect(await left()).toEqual(['a:x#1', 'a:y#2']);
    expect((await past.thing(X, { revision: 5 }, 5))?.state).toEqual(thingChange('a:x', 5, { n: 5 }).state);
    expect(await past.thing(X, { revision: 4 }, 5)).toBeUndefined();
    await write(store, 'a:x', 6, 7);
    expect((await past.thing(X, { revision: 6 }, 7))?.state.thing.attributes).toEqual({ n: 6 });
  });

  it('removes what is more than is to be kept, once it is ten minutes old', async () => {
    const { store, past, thin, left, setNow } = setUp([{ entity: 'thing', beyond: 2 }]);
    await write(store, 'a:x', 1, 5);
    setNow(9 * MINUTE);
    await thin();
    expect(await left()).toHaveLength(5);
    setNow(11 * MINUTE);
    await thin();
    // The state at revision 3 is what those that are kept build on; the last event is not gone past.
    expect(await left()).toEqual(['a:x#3', 'a:x#4', 'a:x#5']);
    expect((await past.thing(X, { revision: 4 }, 5))?.state.thing.attributes).toEqual({ n: 4 });
    expect(await past.thing(X, { revision: 1 }, 5)).toBeUndefined();
  });

  it('never removes what a reader has yet to see, nor the last event', async () => {
    const { store, thin, left, setNow, setConsumed } = setUp([{ entity: 'thing', olderThanMs: DAY }]);
    await write(store, 'a:x', 1, 4);
    setNow(2 * DAY);
    setConsumed(0);
    await thin();
    expect(await left()).toHaveLength(4);
    setConsumed(2);
    await thin();
    expect(await left()).toEqual(['a:x#3', 'a:x#4']);
    setConsumed(1_000);
    await thin();
    expect(await left()).toEqual(['a:x#4']);
  });

  it('keeps what is younger than ten minutes, whatever the rule', async () => {
    const { store, thin, left, setNow } = setUp([{ entity: 'thing', olderThanMs: 1 }]);
    await write(store, 'a:x', 1, 3);
    setNow(9 * MINUTE);
    await thin();
    expect(await left()).toHaveLength(3);
  });

  it('removes policies by their own rule, and counts', async () => {
    const { store, past, thinner, thin, left, setNow } = setUp([
      { entity: 'thing', olderThanMs: 3 * DAY },
      { entity: 'policy', olderThanMs: DAY, beyond: 10 },
    ]);
    await store.append([policyChange('a:p', 1)]);
    await store.append([policyChange('a:p', 2)]);
    await write(store, 'a:x', 1, 2);
    setNow(2 * DAY);
    await thin();
    expect(await left()).toEqual(['a:x#1', 'a:x#2']);
    const policy = await past.policy(parsePolicyId('a:p'), { revision: 2 }, 2);
    expect(policy?.state).toEqual(policyChange('a:p', 2).state);
    expect(await thinner.meters[0]?.read()).toEqual([
      { labels: { entity: 'thing' }, value: 0 },
      { labels: { entity: 'policy' }, value: 2 },
    ]);
  });

  it('does a bounded part of the work in a step', async () => {
    const { store, thinner, left, setNow } = setUp([{ entity: 'thing', olderThanMs: DAY }]);
    await write(store, 'a:x', 1, 1_200);
    setNow(2 * DAY);
    const steps = [await thinner.step(), (await left()).length, await thinner.step(), (await left()).length];
    expect(steps).toEqual([true, 700, true, 200]);
    expect([await thinner.step(), (await left()).length]).toEqual([false, 1]);
  });

  it('loses nothing that is to be kept while others write and a thing comes and goes', async () => {
    const { store, past, thin, setNow } = setUp([{ entity: 'thing', olderThanMs: DAY }]);
    for (let day = 1; day <= 20; day++) {
      const from = (day - 1) * 20 + 1;
      for (let revision = from; revision < from + 20; revision++) {
        const change = thingChange('a:x', revision, { n: revision });
        const timestamp = day * DAY;
        await store.append([
          { ...change, event: { ...change.event, timestamp }, state: { ...change.state, modified: timestamp } },
        ]);
      }
      setNow(day * DAY + DAY / 2);
      await thin();
      for (const revision of [from, from + 10, from + 19]) {
        expect((await past.thing(X, { revision }, from + 19))?.state.thing.attributes).toEqual({ n: revision });
      }
      expect(await past.thing(X, { revision: from - 21 }, from + 19)).toBeUndefined();
    }
  });
});
