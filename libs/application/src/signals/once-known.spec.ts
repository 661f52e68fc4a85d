import { onceKnown } from './once-known.js';
import { Turns } from './turns.js';

describe('what goes on when it is known', () => {
  it('goes on at once with what is there at once', () => {
    expect(onceKnown(1, (value) => value + 1)).toBe(2);
    expect(() =>
      onceKnown(1, () => {
        throw new Error('refused');
      }),
    ).toThrow('refused');
  });

  it('goes on later with what comes later', async () => {
    const later = onceKnown(Promise.resolve(1), (value) => value + 1);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(2);
  });
});

describe('turns', () => {
  it('are over at once for a task that waits for nothing, and in order for those that wait', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const task = (name: string) => () => name;
    expect(turns.run(['a'], task('first'))).toBe('first');
    const slow = turns.run(['a'], async () => {
      await Promise.resolve();
      done.push('slow');
    });
    const behind = turns.run(['a', 'b'], () => done.push('behind'));
    expect(turns.waiting('a')).toBe(1);
    expect(turns.run(['c'], task('free'))).toBe('free');
    await Promise.all([slow, behind]);
    expect(done).toEqual(['slow', 'behind']);
    expect(turns.run(['a', 'b'], task('last'))).toBe('last');
  });
});
