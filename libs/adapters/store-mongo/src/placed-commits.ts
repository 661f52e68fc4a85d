import { RevisionConflict, premisesOf } from '@gemel/application/ports';
import type { Premise } from '@gemel/application/ports';
import type { PolicyGeneration } from '@gemel/store-parts';
import { draftCommits } from './commit-draft.js';
import type { Append, CommitDraft, LastRevision, Refusal } from './commit-draft.js';
import type { CommitLog } from './commit-log.js';
import type { Places } from './log-places.js';

export interface PlacedCommits {
  readonly commits: readonly CommitDraft[];
  /** Undefined when there is nothing to be written. */
  readonly places?: Places;
  readonly refusals: readonly Refusal[];
}

export interface PlacingParts {
  readonly commits: Pick<CommitLog, 'places'>;
  readonly generation: Pick<PolicyGeneration, 'took' | 'wrong'>;
}

/**
 * Makes commits of appends and takes places in the log for them, which they must be given then. What was decided on a policy
 * that had another revision when the places were taken is refused.
 * @param join drafts that are to be one commit
 * @throws StoreUnavailable
 */
export async function placedCommits(
  appends: readonly Append[],
  last: LastRevision,
  join: (drafts: readonly CommitDraft[]) => readonly CommitDraft[],
  parts: PlacingParts,
): Promise<PlacedCommits> {
  const { drafts, refusals } = draftCommits(appends, last);
  const commits = join(drafts);
  if (commits.length === 0) return { commits, refusals };
  const places = await parts.commits.places(commits);
  const wrong = await wrongPremises(commits, places, parts);
  if (wrong.size === 0) return { commits, places, refusals };
  const accepted = new Set(commits.flatMap((commit) => commit.appends));
  const stale: Refusal[] = [];
  for (const append of accepted) {
    const premise = premisesOf(append.changes).find((each) => wrong.has(each));
    if (premise === undefined) continue;
    stale.push({ append, error: new RevisionConflict(premise.policyId) });
    accepted.delete(append);
  }
  // What builds on those is refused, too.
  const again = draftCommits(
    appends.filter((append) => accepted.has(append)),
    last,
  );
  return { commits: join(again.drafts), places, refusals: [...refusals, ...stale, ...again.refusals] };
}

function wrongPremises(
  commits: readonly CommitDraft[],
  { generation, ownPolicies, last }: Places,
  parts: PlacingParts,
): Promise<ReadonlySet<Premise>> {
  parts.generation.took({ upTo: last, generation });
  const premises = commits.flatMap(({ appends }) => appends.flatMap(({ changes }) => premisesOf(changes)));
  return parts.generation.wrong(premises, generation - ownPolicies);
}
