import type { Collections, CommitDocument } from './collections.js';
import { GapFiller } from './gap-filler.js';
import { Questions } from './questions.js';

/** A log in which nothing stands at some positions, for good. */
function open(end: number, ...gaps: readonly number[]) {
  const taken = new Set(Array.from({ length: end }, (_, index) => index + 1).filter((each) => !gaps.includes(each)));
  let ms = 0;
  const commits = {
    insertMany: (documents: readonly CommitDocument[]) => {
      for (const { _id } of documents) taken.add(_id);
      return Promise.resolve();
    },
    findOne: () => Promise.resolve({ _id: Math.max(...taken) }),
  };
  const ignore = (): void => undefined;
  const filler = new GapFiller({
    collections: { commits } as unknown as Collections,
    questions: new Questions(1_000),
    log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
    writer: 'w',
    now: () => ms,
  });
  const gap = () => gaps.find((each) => !taken.has(each));
  /** Reads each 100 ms until there is no gap; answers how long that took. */
  const readToTheEnd = async (): Promise<number> => {
    for (let open = gap(); open !== undefined; open = gap()) {
      await filler.seen(open, open + 1);
      ms += 100;
    }
    return ms;
  };
  return { filler, taken, readToTheEnd };
}

describe('gaps in the log', () => {
  it('are left to their writers for a second', async () => {
    const { filler, taken, readToTheEnd } = open(3, 2);
    await filler.seen(2, 3);
    expect(taken.has(2)).toBe(false);
    expect(await readToTheEnd()).toBeGreaterThan(1_000);
    expect(taken.has(2)).toBe(true);
  });

  it('hold up readers for two seconds, however many there are', async () => {
    const gaps = Array.from({ length: 50 }, (_, index) => 2 * index + 2);
    expect(await open(200, ...gaps).readToTheEnd()).toBeLessThan(2_000 + gaps.length * 100 + 200);
  });

  it('that come up later are left to their writers again', async () => {
    const { filler, taken, readToTheEnd } = open(3, 2);
    const took = await readToTheEnd();
    expect(took).toBeLessThan(1_300);
    taken.add(5);
    await filler.seen(4, 5);
    expect(taken.has(4)).toBe(false);
  });
});
