import { setImmediate as nextTurn } from 'node:timers/promises';

import { Portion } from './portion.js';

function filled(): Portion {
  const portion = new Portion();
  while (!portion.isFull) portion.add();
  return portion;
}

describe('a portion', () => {
  it('is full when enough was handed over in one turn', () => {
    const portion = new Portion();
    for (let count = 0; count < 249; count++) portion.add();
    expect(portion.isFull).toBe(false);
    portion.add();
    expect(portion.isFull).toBe(true);
  });

  it('is empty again in the next turn, however much each brings', async () => {
    const portion = filled();
    await nextTurn();
    expect(portion.isFull).toBe(false);
    portion.add();
    await nextTurn();
    for (let count = 0; count < 249; count++) portion.add();
    expect(portion.isFull).toBe(false);
  });

  it('waits until what was decided meanwhile is committed', async () => {
    const portion = filled();
    const done: string[] = [];
    // As a log that commits what a turn brings, after a decision of many steps.
    const decide = async () => {
      for (let step = 0; step < 20; step++) await Promise.resolve();
      setImmediate(() => done.push('committed'));
    };
    void decide();
    await portion.next();
    done.push('next');
    expect(done).toEqual(['committed', 'next']);
  });
});
