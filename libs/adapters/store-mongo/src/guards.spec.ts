import { StoreUnavailable } from '@gemel/application/ports';
import type { Collections } from './collections.js';
import { Guards } from './guards.js';
import { Questions } from './questions.js';

const TREES = 'trees';

/** A counter that answers when it is let. */
function open() {
  const raised: number[] = [];
  let value = 0;
  const answers: ((error?: Error) => void)[] = [];
  const updateOne = (_filter: unknown, { $max }: { readonly $max: { readonly value: number } }) =>
    new Promise<void>((resolve, reject) => {
      raised.push($max.value);
      answers.push((error) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        value = Math.max(value, $max.value);
        resolve();
      });
    });
  const findOne = () => Promise.resolve(value === 0 ? null : { value });
  const debug: string[] = [];
  const ignore = (): void => undefined;
  const guards = new Guards({
    collections: { counters: { updateOne, findOne } } as unknown as Pick<Collections, 'commits' | 'counters'>,
    questions: new Questions(1_000),
    log: { error: ignore, warn: ignore, info: ignore, debug: (_fields, message) => debug.push(message) },
  });
  return { guards, raised, answer: (error?: Error) => answers.shift()?.(error), stored: () => value, debug };
}

describe('versions of guards', () => {
  it('are known to who has committed before the database has them', async () => {
    const { guards, raised, answer, stored } = open();
    expect(await guards.version(TREES)).toBe(0);
    guards.committed({ name: TREES, version: 0 });
    expect([await guards.version(TREES), await guards.version('others'), stored()]).toEqual([1, 0, 0]);
    answer();
    await guards.settled();
    expect([raised, stored()]).toEqual([[1], 1]);
  });

  it('share a question when several are made while one is under way', async () => {
    const { guards, raised, answer } = open();
    for (const version of [0, 1, 2, 3]) guards.committed({ name: TREES, version });
    expect(raised).toEqual([1]);
    const settled = guards.settled();
    answer();
    while (raised.length < 2) await new Promise((resolve) => setImmediate(resolve));
    answer();
    await settled;
    expect(raised).toEqual([1, 4]);
    expect(await guards.version(TREES)).toBe(4);
  });

  it('that could not be raised are raised with the next one', async () => {
    const { guards, raised, answer, stored, debug } = open();
    guards.committed({ name: TREES, version: 0 });
    answer(new StoreUnavailable('it is away'));
    await guards.settled();
    expect([stored(), debug.length, await guards.version(TREES)]).toEqual([0, 1, 1]);
    guards.committed({ name: TREES, version: 1 });
    answer();
    await guards.settled();
    expect([raised, stored()]).toEqual([[1, 2], 2]);
  });
});
