import { thingChange } from '@gemel/testkit/contracts';
import type { Append } from './commit-draft.js';
import { OwnCommits } from './own-commits.js';

function append(...revisions: readonly number[]): Append {
  const changes = revisions.map((revision) => thingChange('a:x', revision));
  const events = changes.map(({ event }) => JSON.stringify(event));
  return { changes, events, resolve: () => undefined, reject: () => undefined };
}

function open() {
  const own = new OwnCommits();
  own.after(0, 1);
  const positions = (from: number, limit = 100) => own.after(from, limit)?.map(({ position }) => position);
  const commit = (first: number, ...revisions: readonly number[]) => {
    own.committed(first, [append(...revisions)]);
  };
  return { own, positions, commit };
}

describe('OwnCommits', () => {
  it('gives the events of commits one after the other, with their texts', () => {
    const { own, positions, commit } = open();
    commit(1, 1, 2);
    commit(3, 3);
    expect(positions(0)).toEqual([1, 2, 3]);
    expect(positions(1)).toEqual([2, 3]);
    expect(positions(0, 2)).toEqual([1, 2]);
    const [first] = own.after(0, 1) ?? [];
    expect(JSON.parse(first?.text ?? '')).toEqual(first?.event);
  });

  it('ends where others have committed, and does not know what they did', () => {
    const { positions, commit } = open();
    commit(1, 1);
    commit(3, 3);
    expect(positions(0)).toEqual([1]);
    expect(positions(1)).toBeUndefined();
    expect(positions(2)).toEqual([3]);
    expect(positions(3)).toBeUndefined();
  });

  it('keeps the last ones only', () => {
    const { positions, commit } = open();
    for (let position = 1; position <= 12_001; position += 1) commit(position, position);
    expect(positions(0)).toBeUndefined();
    expect(positions(1, 1)).toEqual([2]);
  });

  it('keeps nothing for nobody', () => {
    const own = new OwnCommits();
    own.committed(1, [append(1)]);
    expect(own.after(0, 1)).toBeUndefined();
  });
});
