import { RevisionConflict } from '@gemel/application/ports';
import type { Change } from '@gemel/application/ports';
import { policyChange, thingChange } from '@gemel/testkit/contracts';
import { draftCommits, together } from './commit-draft.js';
import type { Append } from './commit-draft.js';

const ignore = (): void => undefined;
const append = (...changes: readonly Change[]): Append => ({ changes, events: [], resolve: ignore, reject: ignore });
const namesOf = (appends: readonly Append[]) =>
  appends.map(({ changes }) => changes.map(({ event }) => `${event.id}#${String(event.revision)}`).join('+'));

const draft = (appends: readonly Append[], last: Readonly<Record<string, number>> = {}) => {
  const { drafts, refusals } = draftCommits(appends, (key) => last[key] ?? 0);
  for (const { error } of refusals) expect(error).toBeInstanceOf(RevisionConflict);
  return { drafts: drafts.map((each) => namesOf(each.appends)), refused: namesOf(refusals.map((each) => each.append)) };
};

describe('draftCommits', () => {
  it('makes a commit of its own for appends that have no entity in common', () => {
    const appends = [append(thingChange('a:x', 1)), append(thingChange('a:y', 1)), append(policyChange('a:x', 1))];
    expect(draft(appends)).toEqual({ drafts: [['a:x#1'], ['a:y#1'], ['a:x#1']], refused: [] });
  });

  it('keeps together what builds on each other, however late that shows', () => {
    const appends = [
      append(thingChange('a:x', 1)),
      append(thingChange('a:y', 1)),
      append(thingChange('a:x', 2)),
      append(thingChange('a:x', 3), thingChange('a:y', 2)),
    ];
    expect(draft(appends)).toEqual({ drafts: [['a:x#1', 'a:y#1', 'a:x#2', 'a:x#3+a:y#2']], refused: [] });
  });

  it('refuses what does not follow, and what builds on that, and nothing else', () => {
    const appends = [
      append(thingChange('a:x', 2), thingChange('a:n', 1)),
      append(thingChange('a:n', 2)),
      append(thingChange('a:x', 3)),
      append(thingChange('a:n', 1)),
    ];
    expect(draft(appends, { 'thing/a:x': 2 })).toEqual({
      drafts: [['a:x#3'], ['a:n#1']],
      refused: ['a:x#2+a:n#1', 'a:n#2'],
    });
  });

  it('stays quick with many appends to one thing', () => {
    const appends = Array.from({ length: 10_000 }, (_, index) => append(thingChange('a:x', index + 1)));
    expect(draftCommits(appends, () => 0).drafts).toHaveLength(1);
  });
});

describe('together', () => {
  const events = (...lengths: readonly number[]) => lengths.map((length) => 'x'.repeat(length));
  const one = (id: string, ...lengths: readonly number[]) => ({
    appends: [{ ...append(...lengths.map((_, index) => thingChange(id, index + 1))), events: events(...lengths) }],
  });
  const sizes = (drafts: Parameters<typeof together>[0]) =>
    together(drafts).map(({ appends }) => appends.map(({ changes }) => changes.length));

  it('puts eight events into a commit, and never an append into two', () => {
    const nine = Array.from({ length: 9 }, (_, index) => one(`a:${String(index)}`, 10));
    expect(sizes(nine)).toEqual([[1, 1, 1, 1, 1, 1, 1, 1], [1]]);
    expect(sizes([one('a:x', ...Array.from({ length: 7 }, () => 1)), one('a:y', 1, 1)])).toEqual([[7], [2]]);
    expect(sizes([one('a:x', ...Array.from({ length: 20 }, () => 1)), one('a:y', 1)])).toEqual([[20], [1]]);
  });

  it('leaves alone what is long', () => {
    expect(sizes([one('a:x', 5_000), one('a:y', 5_000), one('a:z', 100)])).toEqual([[1], [1, 1]]);
  });

  it('leaves alone what is under a guard, and goes on behind it', () => {
    const [guarded] = one('a:y', 10).appends;
    const under = guarded === undefined ? [] : [{ appends: [{ ...guarded, guard: { name: 'tree', version: 3 } }] }];
    const joined = together([one('a:x', 10), ...under, one('a:z', 10)]);
    expect(joined.map(({ appends }) => namesOf(appends))).toEqual([['a:x#1', 'a:z#1'], ['a:y#1']]);
  });

  it('keeps every append, once', () => {
    const many = Array.from({ length: 100 }, (_, index) => one(`a:${String(index)}`, 100 * index));
    const kept = together(many).flatMap(({ appends }) => namesOf(appends));
    expect(kept.toSorted()).toEqual(many.flatMap(({ appends }) => namesOf(appends)).toSorted());
  });
});
