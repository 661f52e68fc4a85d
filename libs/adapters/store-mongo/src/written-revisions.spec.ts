import { WrittenRevisions } from './written-revisions.js';

describe('WrittenRevisions', () => {
  it('knows the highest that was written, and nothing of others', () => {
    const written = new WrittenRevisions();
    written.note('a:x', 2);
    written.note('a:x', 1);
    expect([written.of('a:x'), written.of('a:y')]).toEqual([2, 0]);
  });

  it('forgets those that were written the longest time ago', () => {
    const written = new WrittenRevisions();
    written.note('a:first', 1);
    written.note('a:again', 1);
    for (let n = 1; n < 20_000; n++) written.note(n === 1 ? 'a:again' : `a:${String(n)}`, 1);
    written.note('a:last', 1);
    expect([written.of('a:first'), written.of('a:again'), written.of('a:last')]).toEqual([0, 1, 1]);
  });
});
