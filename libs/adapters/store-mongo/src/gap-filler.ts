import type { Position } from '@gemel/application/ports';
import type { CommitDocument } from './collections.js';
import { duplicatesOf } from './faults.js';
import type { LogParts } from './log-parts.js';

/** A writer that took positions writes them within milliseconds, or it is gone or stuck. */
const ABANDONED_AFTER_MS = 1_000;
const MOST_AT_ONCE = 10_000;

/** Closes gaps that their writers left: an empty commit for each position, so that a late writer finds its own taken. */
export class GapFiller {
  #gap: { readonly from: Position; readonly since: number } | undefined;
  /** The end of the log when a gap was closed: gaps before it are at least that old. */
  #seen: { readonly end: Position; readonly since: number } | undefined;

  constructor(private readonly parts: LogParts) {}

  /** Somebody reads and finds nothing from one position to before another. */
  async seen(from: Position, before: Position): Promise<void> {
    const now = this.parts.now();
    if (this.#gap?.from !== from) this.#gap = { from, since: now };
    // One after the other would take as many seconds as there are gaps.
    const seen = this.#seen !== undefined && from < this.#seen.end ? this.#seen : undefined;
    if (now - Math.min(this.#gap.since, seen?.since ?? now) < ABANDONED_AFTER_MS) return;
    if (seen === undefined) {
      const end = await this.#end();
      this.#seen = { end, since: this.parts.now() };
    }
    await this.#fill(from, Math.min(before, from + MOST_AT_ONCE));
    this.#gap = undefined;
  }

  async #end(): Promise<Position> {
    const last = await this.parts.collections.commits.findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
    return last?._id ?? 0;
  }

  /** Puts empty commits in the places of those that were refused, so that nobody waits for them. */
  async replace(refused: readonly CommitDocument[]): Promise<void> {
    if (refused.length > 0) await this.#insert(refused.map(({ first, _id }) => emptyCommit(first, _id)));
  }

  /** An empty commit that takes up all of it. */
  async fill(first: Position, last: Position): Promise<void> {
    await this.#insert([emptyCommit(first, last)]);
  }

  async #fill(from: Position, before: Position): Promise<void> {
    // One for each position: nobody knows where commits were to end.
    const positions = Array.from({ length: before - from }, (_, index) => from + index);
    await this.#insert(positions.map((position) => emptyCommit(position, position)));
    this.parts.log.warn({ from, before }, 'closed a gap that a writer left in the log');
  }

  async #insert(empty: CommitDocument[]): Promise<void> {
    try {
      await this.parts.collections.commits.insertMany(empty, { ordered: false });
    } catch (error) {
      // Its writer, or another reader, was quicker.
      duplicatesOf(error);
    }
  }
}

function emptyCommit(first: Position, last: Position): CommitDocument {
  // The key makes it one of a kind: without one it would count as another commit's missing key.
  return { _id: last, first, writer: '', keys: [`gap/${String(last)}`], events: [] };
}
