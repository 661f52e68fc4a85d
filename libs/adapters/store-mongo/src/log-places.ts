import type { Position } from '@gemel/application/ports';
import type { CommitDraft } from './commit-draft.js';
import type { LogParts } from './log-parts.js';

const COUNTER = 'positions';

/** Positions for the events of commits, and what was counted of policies by then. */
export interface Places {
  readonly first: Position;
  readonly last: Position;
  /** Commits that change policies, all up to these, those included of which nothing came; see `PolicyGeneration`. */
  readonly generation: number;
  /** Those of them that these places are for. */
  readonly ownPolicies: number;
}

/**
 * Gives out the positions of the log. What is taken and never filled, since there was no room or its writer is gone, is a
 * gap, which readers close; the generation is too high then, for which others ask the log once in vain.
 */
export class LogPlaces {
  constructor(private readonly parts: Pick<LogParts, 'collections' | 'questions'>) {}

  /** Counts the policies among them in the same step: nobody sees one in the log that was not counted. @throws StoreUnavailable */
  async take(drafts: readonly CommitDraft[]): Promise<Places> {
    const count = drafts.reduce((sum, draft) => sum + eventsOf(draft), 0);
    const ownPolicies = drafts.filter(changesPolicies).length;
    // When the answer was lost, they are taken, and counted, once more.
    const counter = await this.parts.questions.asking(() =>
      this.parts.collections.counters.findOneAndUpdate(
        { _id: COUNTER },
        { $inc: { value: count, policies: ownPolicies } },
        { upsert: true, returnDocument: 'after' },
      ),
    );
    const last = counter?.value ?? 0;
    return { first: last - count + 1, last, generation: counter?.policies ?? 0, ownPolicies };
  }
}

/** How many events a commit has, which is how many positions it needs. */
export function eventsOf({ appends }: CommitDraft): number {
  return appends.reduce((sum, { events }) => sum + events.length, 0);
}

function changesPolicies({ appends }: CommitDraft): boolean {
  return appends.some(({ changes }) => changes.some(({ entity }) => entity === 'policy'));
}
