import type { Change, Premise } from '@gemel/application/ports';
import { parsePolicyId } from '@gemel/model/ids';
import { thingChange } from '@gemel/testkit/contracts';
import { together } from './commit-draft.js';
import type { Append } from './commit-draft.js';
import { placedCommits } from './placed-commits.js';

const premise = (id: string): Premise => ({ policyId: parsePolicyId(id), revision: 1, generation: 1 });
const ignore = () => undefined;

function append(change: Change, on?: Premise): Append {
  const changes = [change.entity === 'thing' ? { ...change, premise: on } : change];
  return { changes, events: [JSON.stringify(change.event)], resolve: ignore, reject: ignore };
}

function open(wrong: readonly Premise[] = []) {
  const sizes: number[] = [];
  const took: unknown[] = [];
  const asked: unknown[] = [];
  const parts = {
    commits: {
      places: (drafts: readonly { readonly appends: readonly Append[] }[]) => {
        const count = drafts.flatMap(({ appends }) => appends).length;
        sizes.push(count);
        return Promise.resolve({ first: 11, last: 10 + count, generation: 5, ownPolicies: 1 });
      },
    },
    generation: {
      took: (taken: unknown) => took.push(taken),
      wrong: (premises: readonly Premise[], before: number) => {
        asked.push([premises.length, before]);
        return Promise.resolve(new Set(wrong));
      },
    },
  };
  return { parts, sizes, took, asked };
}

const none = () => 0;
const idsOf = (commits: readonly { readonly appends: readonly Append[] }[]) =>
  commits.flatMap(({ appends }) => appends.flatMap(({ changes }) => changes.map(({ event }) => event.id)));

describe('placedCommits', () => {
  it('takes places once, and holds what it is told against the premises without what is its own', async () => {
    const { parts, sizes, took, asked } = open();
    const appends = [append(thingChange('a:x', 1), premise('a:p')), append(thingChange('a:y', 1))];
    const placed = await placedCommits(appends, none, together, parts);
    expect(idsOf(placed.commits)).toEqual(['a:x', 'a:y']);
    expect([placed.refusals, placed.places?.first, sizes]).toEqual([[], 11, [2]]);
    expect([took, asked]).toEqual([[{ upTo: 12, generation: 5 }], [[1, 4]]]);
  });

  it('refuses what was decided on a policy that has changed, and what builds on that', async () => {
    const stale = premise('a:p');
    const { parts, sizes } = open([stale]);
    const [first, next] = [append(thingChange('a:x', 1), stale), append(thingChange('a:x', 2), premise('a:q'))];
    const other = append(thingChange('a:y', 1), premise('a:q'));
    const placed = await placedCommits([first, next, other], none, together, parts);
    expect(idsOf(placed.commits)).toEqual(['a:y']);
    expect(placed.refusals.map(({ append: refused }) => refused)).toEqual([first, next]);
    expect([placed.places?.last, sizes]).toEqual([13, [3]]);
  });

  it('takes no places for nothing', async () => {
    const { parts, sizes } = open();
    const late = append(thingChange('a:x', 2));
    const placed = await placedCommits([late], none, together, parts);
    expect([placed.places, placed.refusals.length, sizes]).toEqual([undefined, 1, []]);
  });
});
