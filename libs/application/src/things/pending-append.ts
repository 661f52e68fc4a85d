import { RevisionConflict } from '../ports/index.js';
import type { Change, EventLog, Guard } from '../ports/index.js';

/** Most changes that wait to be one append. */
const MOST_CHANGES = 20;

/** Changes, and the appends that they were decided on. */
interface Decided {
  readonly bases: ReadonlySet<PendingAppend>;
  readonly changes: readonly Change[];
}

/**
 * Changes that are one append. They are handed to the log when all that they were decided on is committed, and refused when
 * it is not: revisions alone would not tell, since a writer elsewhere may have taken the one that they build on.
 */
export class PendingAppend {
  readonly committed: Promise<void>;
  readonly #changes: Change[];
  #is: 'waiting' | 'sent' | 'committed' = 'waiting';

  readonly #bases: ReadonlySet<PendingAppend>;

  constructor(
    private readonly log: Pick<EventLog, 'append'>,
    { bases, changes }: Decided,
    private readonly guard: Guard | undefined,
  ) {
    this.#bases = bases;
    this.#changes = [...changes];
    // Many are under way at a time, and few wait for others.
    this.committed = bases.size === 0 ? this.#send() : this.#sendAfterBases();
  }

  /** Takes further changes that were decided on this append, or on what it waits for; false when they must follow it. */
  join({ bases, changes }: Decided): boolean {
    if (this.guard !== undefined) return false;
    if (this.#is !== 'waiting' || this.#changes.length + changes.length > MOST_CHANGES) return false;
    for (const base of bases) if (base !== this && !this.#bases.has(base)) return false;
    this.#changes.push(...changes);
    return true;
  }

  async #sendAfterBases(): Promise<void> {
    const missing = [...this.#bases].filter((base) => base.#is !== 'committed');
    if (missing.length > 0) {
      const settled = await Promise.allSettled(missing.map((base) => base.committed));
      if (settled.some(({ status }) => status === 'rejected')) {
        throw new RevisionConflict(this.#changes[0]?.event.id ?? '');
      }
    }
    await this.#send();
  }

  #send(): Promise<void> {
    this.#is = 'sent';
    return this.log.append(this.#changes, this.guard).then(() => {
      this.#is = 'committed';
    });
  }
}
