import { RevisionConflict } from '@gemel/application/ports';
import type { Change } from '@gemel/application/ports';
import { policyChange, thingChange } from '@gemel/testkit/contracts';
import { draftCommits } from './commit-draft.js';
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
