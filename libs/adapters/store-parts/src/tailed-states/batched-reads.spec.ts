import { StoreUnavailable } from '@gemel/application/ports';
import { BatchedReads } from './batched-reads.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('BatchedReads', () => {
  let asked: {
    ids: readonly string[];
    answer: (found: ReadonlyMap<string, number>) => void;
    fail: (e: Error) => void;
  }[];
  let reads: BatchedReads<number>;

  beforeEach(() => {
    asked = [];
    reads = new BatchedReads((ids) => new Promise((answer, fail) => asked.push({ ids, answer, fail })));
  });

  it('ask once for all of one turn, and again for those that come while it is under way', async () => {
    const first = Promise.all([reads.read('a'), reads.read('b'), reads.read('a')]);
    await turn();
    const second = reads.read('a');
    await turn();
    expect(asked.map(({ ids }) => ids)).toEqual([['a', 'b']]);
    asked[0]?.answer(new Map([['a', 1]]));
    expect(await first).toEqual([1, undefined, 1]);
    await turn();
    asked[1]?.answer(new Map([['a', 2]]));
    expect(await second).toBe(2);
  });

  it('take whoever asks for many for one asker, after whom nobody waits', async () => {
    const many = reads.readMany(Array.from({ length: 20 }, (_, index) => String(index)));
    await turn();
    asked[0]?.answer(new Map([['7', 7]]));
    expect([...(await many)]).toEqual([['7', 7]]);
    const next = reads.read('a');
    await turn();
    expect(asked.map(({ ids }) => ids.length)).toEqual([20, 1]);
    asked[1]?.answer(new Map());
    expect(await next).toBeUndefined();
  });

  it('gather for a moment when many shared the question before', async () => {
    const gathered: { ms: number; begin: () => void }[] = [];
    reads = new BatchedReads(
      (ids) => new Promise((answer, fail) => asked.push({ ids, answer, fail })),
      (ms, begin) => gathered.push({ ms, begin }),
    );
    const many = Promise.all(Array.from({ length: 20 }, () => reads.read('a')));
    gathered[0]?.begin();
    asked[0]?.answer(new Map());
    await many;
    const first = reads.read('a');
    await turn();
    const second = reads.read('b');
    gathered[1]?.begin();
    expect(asked[1]?.ids).toEqual(['a', 'b']);
    asked[1]?.answer(new Map([['b', 1]]));
    expect(await Promise.all([first, second])).toEqual([undefined, 1]);
    const next = reads.read('c');
    gathered[2]?.begin();
    asked[2]?.answer(new Map());
    await next;
    expect(gathered.map(({ ms }) => ms)).toEqual([0, 2, 0]);
  });

  it.each([
    ['those behind, too, when the store cannot be asked', new StoreUnavailable('away'), ['rejected', 'rejected'], 1],
    ['nobody but those who asked for it when something else fails', new Error('a bug'), ['rejected', 'fulfilled'], 2],
  ])('reject %s', async (_name, error, outcomes, questions) => {
    const first = reads.read('a');
    await turn();
    const both = Promise.allSettled([first, reads.read('b')]);
    asked[0]?.fail(error);
    await turn();
    await turn();
    asked[1]?.answer(new Map());
    expect((await both).map(({ status }) => status)).toEqual(outcomes);
    expect(asked).toHaveLength(questions);
    const later = reads.read('c');
    await turn();
    asked.at(-1)?.answer(new Map([['c', 3]]));
    expect(await later).toBe(3);
  });
});
