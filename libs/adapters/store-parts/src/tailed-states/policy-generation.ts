import type { Position, Premise } from '@gemel/application/ports';
import type { LogTail } from './log-tail.js';

/** Who takes positions of the log is told all that were taken up to then, and for how many commits that change policies. */
export interface TakenPositions {
  readonly upTo: Position;
  readonly generation: number;
}

/**
 * Memory is decided on when the tail was looked at within so many milliseconds, and there are at most so many ranges behind
 * what others have committed since: each is named in the next question.
 */
const FRESH = { ms: 1_000, ranges: 64 };

/**
 * Tells whether policies in memory were the last ones when a commit was begun, without a look at the log.
 *
 * Why they cannot be stale: whoever changes a policy takes the positions of that commit and raises the generation in one
 * step, before the commit is in the log. So when all positions that were taken up to a moment have been seen, memory has
 * every change of a policy that was counted by then. A commit of things takes positions, too, once it is decided, and is
 * told the generation: is it the one that memory had, then no change of a policy was in the log at that moment, let alone
 * answered, that memory had not. Otherwise the log is looked at, as it was before there was memory.
 */
export class PolicyGeneration {
  /** That memory has. */
  #known: number | undefined;
  /** Which memory has as soon as everything up to there was seen. */
  #next: TakenPositions | undefined;

  /** @param revisionOf the last revision of a policy that was heard of; 0 when of none, or it was forgotten */
  constructor(
    private readonly tail: Pick<LogTail, 'seenTo' | 'isFresh' | 'catchUp'>,
    private readonly revisionOf: (policyId: string) => number,
  ) {}

  /** The one that memory has; undefined when nothing may be decided on memory. */
  get ofMemory(): number | undefined {
    this.#settle();
    return this.tail.isFresh(FRESH) ? this.#known : undefined;
  }

  /** Positions were taken, in the order of the calls. */
  took(taken: TakenPositions): void {
    this.#settle();
    if (taken.generation !== this.#known) this.#next ??= taken;
  }

  /**
   * The premises that were wrong when positions were taken.
   * @param before the generation then, without what the same commits change
   * @throws StoreUnavailable
   */
  async wrong(premises: readonly Premise[], before: number): Promise<ReadonlySet<Premise>> {
    const unsure = premises.filter(({ generation }) => generation !== before);
    if (unsure.length === 0) return new Set();
    await this.tail.catchUp();
    return new Set(unsure.filter(({ policyId, revision }) => this.revisionOf(policyId) !== revision));
  }

  #settle(): void {
    if (this.#next === undefined || this.tail.seenTo < this.#next.upTo) return;
    this.#known = this.#next.generation;
    this.#next = undefined;
  }
}
