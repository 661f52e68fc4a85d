import { setTimeout as pause } from 'node:timers/promises';
import type { GemelError } from '@gemel/model/errors';
import { CommitTooLarge, OutcomeUnknown, RevisionConflict, StoreUnavailable } from '@gemel/application/ports';
import type { Change, Guard, Position } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import { entityKey, entityOfKey, guardKey } from '@gemel/store-parts';
import type { EntityStates, LogTail, PolicyGeneration, TailCommit } from '@gemel/store-parts';
import { together } from './commit-draft.js';
import type { Backlog } from './backlog.js';
import type { Append, CommitDraft } from './commit-draft.js';
import type { CommitLog, Outcome } from './commit-log.js';
import { unavailable } from './faults.js';
import type { Guards } from './guards.js';
import { ENOUGH, gatherMsAfter } from './gathering.js';
import type { TakenBatch } from './gathering.js';
import { isArchived } from './mongo-archive.js';
import type { MongoArchive } from './mongo-archive.js';
import type { OwnCommits } from './own-commits.js';
import { placedCommits } from './placed-commits.js';
import type { Rivals } from './rivals.js';

/** Of one commit's events, in UTF-16 code units; MongoDB takes documents of 16 MiB. */
const MAX_COMMIT_LENGTH = 5_000_000;
/** Of the appends that are written together. */
const BATCH_LENGTH = 4_000_000;
const BATCH_APPENDS = 1_000;
const MAX_WAITING = 20_000;
/** Losing so often to writers elsewhere is passed on to the caller, who decides again. */
const MAX_TRIES = 10;
/** Batches in which nothing shares a commit with others, after one in which writers elsewhere were first. */
const BATCHES_APART = 50;
/** Batches of which policies or kept states are being written while the next one goes into the log; one when that is not large enough. */
const MOST_UNWRITTEN = 2;

/** Since the start; `waiting` now. */
export interface CommitCounters {
  readonly commits: number;
  readonly events: number;
  /** Writes of commits that went to the server together. */
  readonly flushes: number;
  /** Appends that lost against another writer. */
  readonly conflicts: number;
  readonly failed: number;
  readonly waiting: number;
}

export interface CommitQueueParts {
  readonly commits: CommitLog;
  readonly things: EntityStates<ThingState>;
  readonly policies: EntityStates<PolicyState>;
  readonly guards: Guards;
  readonly archive: Pick<MongoArchive, 'keepDue'>;
  readonly tail: Pick<LogTail, 'saw' | 'floor'>;
  readonly generation: Pick<PolicyGeneration, 'took' | 'wrong'>;
  readonly own: Pick<OwnCommits, 'committed'>;
  readonly backlog: Pick<Backlog, 'refusal'>;
  readonly rivals: Pick<Rivals, 'met'>;
  /** Something new is in the log. */
  readonly onCommit: () => void;
}

/**
 * Commits together what comes while a batch is under way: first into the log, then the answers. The states are left to who
 * follows the log.
 */
export class CommitQueue {
  readonly #waiting: Append[] = [];
  #running: Promise<void> | undefined;
  #unwritten: Promise<void>[] = [];
  #batchesApart = 0;
  #last: TakenBatch | undefined;
  #closed = false;
  readonly #counts = { commits: 0, events: 0, flushes: 0, conflicts: 0, failed: 0 };

  readonly #join = (drafts: readonly CommitDraft[]) => (this.#batchesApart === 0 ? together(drafts) : drafts);

  constructor(private readonly parts: CommitQueueParts) {}

  append(changes: readonly Change[], guard?: Guard): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('it is shutting down'));
    if (this.#waiting.length >= MAX_WAITING)
      return Promise.reject(new StoreUnavailable('too much waits to be written'));
    if (changes.length === 0) return Promise.resolve();
    const tooFarBehind = this.parts.backlog.refusal();
    if (tooFarBehind !== undefined) return Promise.reject(tooFarBehind);
    const events = changes.map(({ event }) => JSON.stringify(event));
    const tooLarge = tooLargeFor(events);
    if (tooLarge !== undefined) return Promise.reject(tooLarge);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, events, guard, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  tooLarge(changes: readonly Change[]): GemelError | undefined {
    return tooLargeFor(changes.map(({ event }) => JSON.stringify(event)));
  }

  counters(): CommitCounters {
    return { ...this.#counts, waiting: this.#waiting.length };
  }

  /** Commits what is queued and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await Promise.all([...this.#unwritten, this.parts.guards.settled()]);
  }

  async #run(): Promise<void> {
    // Whatever else comes in this turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#untilWorthwhile();
      const batch = this.#waiting.splice(0, batchSize(this.#waiting));
      this.#counts.flushes += 1;
      const begun = performance.now();
      try {
        await this.#commit(batch);
        this.#last = { appends: batch.length, begun, ended: performance.now() };
      } catch (error) {
        this.#counts.failed += batch.length;
        // Those that were answered already do not hear of it.
        for (const { reject } of batch) reject(error);
        if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) this.#refuseWaiting(error);
      }
    }
    this.#running = undefined;
  }

  async #untilWorthwhile(): Promise<void> {
    const gatherMs = gatherMsAfter(this.#last, { waiting: this.#waiting.length, now: performance.now() });
    if (gatherMs > 0) await pause(gatherMs);
    const most = this.#waiting.length < ENOUGH ? 1 : MOST_UNWRITTEN;
    while (this.#unwritten.length >= most) await Promise.race(this.#unwritten);
  }

  /** Those for which there was no room; there is none for others either. */
  #refuse(commits: readonly CommitDraft[], outcomes: ReadonlyMap<CommitDraft, Outcome>): void {
    for (const draft of commits) {
      const outcome = outcomes.get(draft);
      if (outcome?.kind !== 'refused') continue;
      this.#counts.failed += draft.appends.length;
      for (const { reject } of draft.appends) reject(outcome.error);
      this.#refuseWaiting(outcome.error);
    }
  }

  /** The server was tried for as long as anybody should wait for it: those behind need not wait for the same again. */
  #refuseWaiting(cause: Error): void {
    const waiting = this.#waiting.splice(0);
    this.#counts.failed += waiting.length;
    for (const { reject } of waiting) reject(unavailable(cause));
  }

  async #commit(batch: readonly Append[]): Promise<void> {
    let open = batch;
    this.#batchesApart = Math.max(0, this.#batchesApart - 1);
    for (let attempt = 1; open.length > 0 && attempt <= MAX_TRIES; attempt += 1) {
      const learned = await this.#learnRevisions(open, attempt > 1);
      const last = (key: string) => Math.max(this.#known(key), learned.get(key) ?? 0);
      const { commits, places, refusals } = await placedCommits(open, last, this.#join, this.parts);
      for (const { append, error } of refusals) append.reject(error);
      this.#lost(refusals.length);
      if (places === undefined) return;
      const outcomes = await this.parts.commits.insert(commits, places);
      this.#finish(
        commits.flatMap((draft) => {
          const outcome = outcomes.get(draft);
          return outcome?.kind === 'committed' ? [{ commit: outcome.commit, appends: draft.appends }] : [];
        }),
      );
      this.#refuse(commits, outcomes);
      const lost = commits.filter((draft) => outcomes.get(draft)?.kind === 'conflict');
      if (lost.length > 0) this.#batchesApart = BATCHES_APART;
      this.#lost(lost.length);
      open = inCallOrder(batch, lost);
    }
    for (const { changes, reject } of open) reject(new RevisionConflict(changes[0]?.event.id ?? ''));
  }

  /** So many against writers elsewhere. */
  #lost(count: number): void {
    this.#counts.conflicts += count;
    if (count > 0) this.parts.rivals.met();
  }

  /** The last revisions that matter; asks for those that this process cannot know, or for all of them. */
  async #learnRevisions(appends: readonly Append[], all: boolean): Promise<ReadonlyMap<string, number>> {
    const unsure = { thing: new Set<string>(), policy: new Set<string>() };
    // While the others are asked for, these may be forgotten.
    const revisions = new Map<string, number>();
    for (const { event } of appends.flatMap(({ changes }) => changes)) {
      const key = entityKey(event);
      if (revisions.has(key)) continue;
      const known = this.#known(key);
      // That an entity is there although it was created here is found out by its key in the log.
      if (all || event.revision > known + 1) unsure[event.entity].add(event.id);
      revisions.set(key, known);
    }
    const [things, policies] = await Promise.all([
      this.parts.things.reader.readAll([...unsure.thing]),
      this.parts.policies.reader.readAll([...unsure.policy]),
    ]);
    for (const [key, version] of all ? await this.#takenGuards(appends) : []) revisions.set(key, version);
    const learn = (key: string, revision: number) => revisions.set(key, Math.max(revisions.get(key) ?? 0, revision));
    for (const [id, { revision }] of things) learn(entityKey({ entity: 'thing', id }), revision);
    for (const [id, { revision }] of policies) learn(entityKey({ entity: 'policy', id }), revision);
    return revisions;
  }

  /** Versions of the guards under which others were first. */
  async #takenGuards(appends: readonly Append[]): Promise<readonly (readonly [string, number])[]> {
    const taken: (readonly [string, number])[] = [];
    for (const { guard } of appends) {
      if (guard !== undefined && (await this.parts.guards.isTaken(guard))) {
        taken.push([guardKey(guard.name), guard.version + 1]);
      }
    }
    return taken;
  }

  /** The last revision as far as this process knows; 0 when it does not. */
  #known(key: string): number {
    const { entity, id } = entityOfKey(key);
    const { reader } = entity === 'thing' ? this.parts.things : this.parts.policies;
    return reader.knownRevision(id);
  }

  /** Answers what is in the log, some of it when more is written; does not wait for that. */
  #finish(committed: readonly Committed[]): void {
    if (committed.length === 0) return;
    const { own, tail, onCommit } = this.parts;
    for (const { commit, appends } of committed) {
      tail.saw(commit);
      own.committed(commit.first, appends);
      for (const { changes } of appends) for (const change of changes) this.#remember(change, commit._id);
    }
    const appends = committed.flatMap((each) => each.appends);
    this.#counts.commits += committed.length;
    for (const { events, guard } of appends) {
      this.#counts.events += events.length;
      if (guard !== undefined) this.parts.guards.committed(guard);
    }
    const needMore = appends.filter(needsMore);
    for (const append of appends) if (!needsMore(append)) append.resolve();
    onCommit();
    if (needMore.length === 0) return;
    const writing = this.#writeMore(needMore).finally(() => {
      this.#unwritten = this.#unwritten.filter((each) => each !== writing);
    });
    this.#unwritten.push(writing);
  }

  #remember(change: Change, position: Position): void {
    // What came after it may be forgotten again when this took so long that its state is written.
    if (position <= this.parts.tail.floor) return;
    if (change.entity === 'thing') this.parts.things.reader.remember(change.event.id, change.state);
    else this.parts.policies.reader.remember(change.event.id, change.state);
  }

  /** What is found otherwise than by its id, and what the tail of the log does not tell. */
  async #writeMore(appends: readonly Append[]): Promise<void> {
    const changes = appends.flatMap((append) => append.changes);
    const policies = new Map<string, PolicyState>();
    for (const change of changes) if (change.entity === 'policy') policies.set(change.event.id, change.state);
    try {
      await Promise.all([this.parts.policies.write(policies), this.parts.archive.keepDue(changes)]);
      for (const { resolve } of appends) resolve();
    } catch (error) {
      // It is in the log; what is missing is written by who follows it.
      this.#counts.failed += appends.length;
      const refusal = new OutcomeUnknown();
      refusal.cause = error;
      for (const { reject } of appends) reject(refusal);
    }
  }
}

/** A commit in the log. */
interface Committed {
  readonly commit: TailCommit;
  readonly appends: readonly Append[];
}

/** Whether more than its commit must be written before it is answered. */
function needsMore({ changes }: Append): boolean {
  return changes.some((change) => change.entity === 'policy' || isArchived(change));
}

function inCallOrder(batch: readonly Append[], drafts: readonly CommitDraft[]): readonly Append[] {
  const open = new Set(drafts.flatMap(({ appends }) => appends));
  return batch.filter((append) => open.has(append));
}

/** As many as go together. */
function batchSize(waiting: readonly Append[]): number {
  let length = 0;
  for (const [index, { events }] of waiting.entries()) {
    length += lengthOf(events);
    if (index > 0 && (length > BATCH_LENGTH || index >= BATCH_APPENDS)) return index;
  }
  return waiting.length;
}

function tooLargeFor(events: readonly string[]): GemelError | undefined {
  const length = lengthOf(events);
  return length > MAX_COMMIT_LENGTH ? new CommitTooLarge(length, MAX_COMMIT_LENGTH) : undefined;
}

function lengthOf(events: readonly string[]): number {
  return events.reduce((sum, text) => sum + text.length, 0);
}
