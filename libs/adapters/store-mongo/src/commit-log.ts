import { setTimeout as pause } from 'node:timers/promises';
import { OutcomeUnknown, StoreUnavailable } from '@gemel/application/ports';
import type { Position, RecordedEvent } from '@gemel/application/ports';
import type { GemelEvent } from '@gemel/model/signals';
import { eventKey, guardVersionKey } from '@gemel/store-parts';
import type { TailCommit, TailedCommits } from '@gemel/store-parts';
import type { CommitDocument } from './collections.js';
import type { CommitDraft } from './commit-draft.js';
import { DiskSpace } from './disk-space.js';
import { duplicatesOf, isDiskFull, isServerFault, isUnsent, unavailable } from './faults.js';
import { GapFiller } from './gap-filler.js';
import type { LogParts } from './log-parts.js';
import { LogPlaces, eventsOf } from './log-places.js';
import type { Places } from './log-places.js';
import type { Patience } from './questions.js';
import { parseEvent } from './state-codec.js';

const RETRY_MS = 100;
/** Read at once, in UTF-16 code units of events. */
const READ_LENGTH = 8_388_608;
/** Commits that are asked for at once. */
const READ_TOGETHER = 500;

export type Outcome =
  | { readonly kind: 'committed'; readonly commit: TailCommit }
  | { readonly kind: 'conflict' }
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly error: InstanceType<typeof StoreUnavailable> };

interface Attempt {
  readonly draft: CommitDraft;
  readonly document: CommitDocument;
}

/**
 * The log: one document a commit, under the position of its last event. Positions come from a counter and are taken
 * before the commit is written, so commits of several writers may show up in another order: whoever reads stops at a
 * gap until it is closed, by its writer or, when that is gone, by an empty commit.
 */
export class CommitLog implements TailedCommits {
  readonly #places: LogPlaces;
  readonly #gaps: GapFiller;
  readonly #space: DiskSpace;
  #tries = 0;
  #foreign = 0;

  constructor(private readonly parts: LogParts) {
    this.#places = new LogPlaces(parts);
    this.#gaps = new GapFiller(parts);
    this.#space = new DiskSpace(parts);
  }

  /** Takes positions for the drafts, which nobody else has then: `insert` must follow. @throws StoreUnavailable */
  places(drafts: readonly CommitDraft[]): Promise<Places> {
    return this.#watchingSpace(() => this.#places.take(drafts));
  }

  /**
   * Writes each draft as a commit of its own, in the places that were taken for them or more.
   * @throws StoreUnavailable nothing was written
   * @throws OutcomeUnknown before the deadline nobody could say what became of some of them
   */
  async insert(drafts: readonly CommitDraft[], places: Places): Promise<ReadonlyMap<CommitDraft, Outcome>> {
    const outcomes = await this.#watchingSpace(() => this.#insertPatiently(drafts, places));
    for (const outcome of outcomes.values()) {
      if (outcome.kind === 'committed') this.#space.sufficed();
      else if (outcome.kind === 'refused') this.#space.lacked(outcome.error);
    }
    return outcomes;
  }

  async #watchingSpace<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isDiskFull(error)) this.#space.lacked(error);
      throw error;
    }
  }

  async #insertPatiently(drafts: readonly CommitDraft[], places: Places): Promise<ReadonlyMap<CommitDraft, Outcome>> {
    const outcomes = new Map<CommitDraft, Outcome>();
    const patience = this.parts.questions.patience();
    let open = this.#attemptsIn(drafts, places);
    const next = (open.at(-1)?.document._id ?? places.first - 1) + 1;
    if (next <= places.last) await this.#fill(next, places.last);
    // The server takes nothing for a fault.
    if (open.length === 0) return outcomes;
    for (let tries = 1; ; tries += 1) {
      try {
        open = await this.#tryAll(open, outcomes, patience);
        if (open.length === 0) return outcomes;
        if (patience.isOver()) throw new OutcomeUnknown();
      } catch (error) {
        // Some may be in the log: the same documents once more tell which.
        if (!isServerFault(error) && !(error instanceof StoreUnavailable)) throw error;
        const fault = error instanceof StoreUnavailable ? error.cause : error;
        if (isUnsent(error) && tries === 1) throw unavailable(error);
        if (isDiskFull(fault) && tries === 1 && (await this.#settle(open, outcomes, fault))) return outcomes;
        if (patience.isOver(fault)) throw outcomeUnknown(error);
        this.parts.log.debug({ error }, 'could not write commits; tries again');
        await pause(RETRY_MS);
      }
    }
  }

  /** What was last to be written found a full disk. */
  get lacksSpace(): boolean {
    return this.#space.isLacking;
  }

  /** Commits of others that were read so far. */
  get foreign(): number {
    return this.#foreign;
  }

  /** Contiguous from the position on: what is behind a gap comes when the gap is closed. */
  async read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.parts.questions.asking(async () => {
      const found: RecordedEvent[] = [];
      let next = position + 1;
      let length = 0;
      const cursor = this.parts.collections.commits.find({ _id: { $gt: position } }).sort({ _id: 1 });
      for await (const commit of cursor.batchSize(Math.min(limit, 1_000))) {
        if (commit.first > next) {
          await this.#gaps.seen(next, commit.first);
          break;
        }
        next = Math.max(next, commit._id + 1);
        if (!commit.writer.startsWith(this.parts.writer)) this.#foreign += 1;
        for (const recorded of recordedIn(commit)) if (recorded.position > position) found.push(recorded);
        length += commit.events.reduce((sum, text) => sum + text.length, 0);
        if (found.length >= limit || length >= READ_LENGTH) break;
      }
      return found.slice(0, limit);
    });
  }

  async end(): Promise<Position> {
    // Below are the probes of replicas that start.
    const inLog = { _id: { $gt: 0 } };
    const last = await this.parts.questions.asking(() =>
      this.parts.collections.commits.findOne(inLog, { sort: { _id: -1 }, projection: { _id: 1 } }),
    );
    return last?._id ?? 0;
  }

  async history(
    entity: GemelEvent['entity'],
    id: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]> {
    const range = { $gte: eventKey(entity, id, from), $lte: eventKey(entity, id, to) };
    const filter = { keys: { $elemMatch: range } };
    const commits = await this.parts.questions.asking(() =>
      this.parts.collections.commits.find(filter).sort({ _id: 1 }).toArray(),
    );
    const named = JSON.stringify(id);
    return commits
      .flatMap((commit) => recordedIn(commit, named))
      .filter(({ event }) => event.entity === entity && event.id === id)
      .filter(({ event }) => event.revision >= from && event.revision <= to);
  }

  tail(position: Position, except: readonly Position[], limit: number): Promise<readonly TailCommit[]> {
    const filter = { _id: { $gt: position, ...(except.length === 0 ? undefined : { $nin: [...except] }) } };
    const options = { projection: { first: 1, keys: 1 }, sort: { _id: 1 }, limit, batchSize: limit } as const;
    return this.parts.questions.asking(() => this.parts.collections.commits.find(filter, options).toArray());
  }

  async eventsIn(commits: readonly Position[]): Promise<readonly GemelEvent[]> {
    const events: GemelEvent[] = [];
    for (let from = 0; from < commits.length; from += READ_TOGETHER) {
      const filter = { _id: { $in: commits.slice(from, from + READ_TOGETHER) } };
      const found = await this.parts.questions.asking(() => this.parts.collections.commits.find(filter).toArray());
      events.push(...found.flatMap((commit) => recordedIn(commit)).map(({ event }) => event));
    }
    return events;
  }

  /** What was taken for drafts that are not written any more, so that nobody waits for it. */
  async #fill(first: Position, last: Position): Promise<void> {
    try {
      await this.parts.questions.once(() => this.#gaps.fill(first, last));
    } catch (error) {
      // Whoever reads fills it, a second later.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  #attemptsIn(drafts: readonly CommitDraft[], places: Places): readonly Attempt[] {
    let position = places.first;
    return drafts.map((draft) => {
      const first = position;
      position += eventsOf(draft);
      this.#tries += 1;
      const document = {
        _id: position - 1,
        first,
        writer: `${this.parts.writer}/${String(this.#tries)}`,
        keys: draft.appends.flatMap(({ changes, guard }) => [
          ...changes.map(({ event }) => eventKey(event.entity, event.id, event.revision)),
          ...(guard === undefined ? [] : [guardVersionKey(guard.name, guard.version + 1)]),
        ]),
        events: draft.appends.flatMap(({ events }) => events),
      };
      return { draft, document };
    });
  }

  /** Notes what became of the attempts; answers those to try again. */
  async #tryAll(
    attempts: readonly Attempt[],
    outcomes: Map<CommitDraft, Outcome>,
    { awayMs }: Patience,
  ): Promise<readonly Attempt[]> {
    const { questions } = this.parts;
    const refused = await questions.answered(() => this.#insertAll(attempts), { awayMs });
    for (const attempt of attempts) if (!refused.has(attempt)) outcomes.set(attempt.draft, committed(attempt));
    return refused.size === 0 ? [] : questions.answered(() => this.#judge([...refused], outcomes));
  }

  /** Those that were refused because their position or one of their keys is taken. */
  async #insertAll(attempts: readonly Attempt[]): Promise<ReadonlySet<Attempt>> {
    try {
      const documents = attempts.map(({ document }) => document);
      await this.parts.collections.commits.insertMany(documents, { ordered: false });
      return new Set();
    } catch (error) {
      return new Set(duplicatesOf(error).flatMap((index) => attempts[index] ?? []));
    }
  }

  /** Tells those that are in the log since an earlier try, those whose position was filled, and real conflicts. */
  async #judge(refused: readonly Attempt[], outcomes: Map<CommitDraft, Outcome>): Promise<readonly Attempt[]> {
    const writers = await this.#writersAt(refused);
    const displaced: CommitDraft[] = [];
    await this.#gaps.replace(refused.map(({ document }) => document).filter(({ _id }) => !writers.has(_id)));
    for (const attempt of refused) {
      const { draft, document } = attempt;
      const writer = writers.get(document._id);
      if (writer === undefined) outcomes.set(draft, { kind: 'conflict' });
      else if (writer === document.writer) outcomes.set(draft, committed(attempt));
      else displaced.push(draft);
    }
    // Policies among them are counted again: who has seen all up to the first places has not seen them.
    return displaced.length === 0 ? [] : this.#attemptsIn(displaced, await this.#places.take(displaced));
  }

  /**
   * Tells those that are in the log from those for which there was no room: a server that has answered writes nothing more.
   * False when it cannot be asked.
   */
  async #settle(attempts: readonly Attempt[], outcomes: Map<CommitDraft, Outcome>, fault: unknown): Promise<boolean> {
    try {
      const writers = await this.parts.questions.asking(() => this.#writersAt(attempts));
      for (const attempt of attempts) {
        const isInLog = writers.get(attempt.document._id) === attempt.document.writer;
        outcomes.set(attempt.draft, isInLog ? committed(attempt) : { kind: 'refused', error: unavailable(fault) });
      }
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return false;
    }
  }

  /** Who has written what stands at their positions. */
  async #writersAt(attempts: readonly Attempt[]): Promise<ReadonlyMap<Position, string>> {
    const ids = attempts.map(({ document }) => document._id);
    const projection = { writer: 1 } as const;
    const rows = await this.parts.collections.commits.find({ _id: { $in: ids } }, { projection }).toArray();
    return new Map(rows.map(({ _id, writer }) => [_id, writer]));
  }
}

function committed({ document }: Attempt): Outcome {
  return { kind: 'committed', commit: document };
}

function outcomeUnknown(cause: unknown): InstanceType<typeof OutcomeUnknown> {
  const refusal = new OutcomeUnknown();
  refusal.cause = cause;
  return refusal;
}

/** @param named only of events that hold this text, as JSON */
function recordedIn({ first, events }: CommitDocument, named = ''): readonly RecordedEvent[] {
  // An empty text is in the place of an event that was removed.
  const isWanted = (text: string) => text !== '' && text.includes(named);
  return events.flatMap((text, index) =>
    isWanted(text) ? [{ position: first + index, event: parseEvent(text) }] : [],
  );
}
