import { GuardConflict, RevisionConflict, StoreUnavailable } from '@gemel/application/ports';
import type { Change, Guard, Logger, Meter } from '@gemel/application/ports';
import { inTransaction, storageFault } from '@gemel/sqlite';
import type { Database, StorageFault } from '@gemel/sqlite';
import { tryWrite } from './try-write.js';

/** Changes that are one commit. */
export interface Append {
  readonly changes: readonly Change[];
  readonly guard: Guard | undefined;
}

/** A change that is written and not yet committed. */
export interface StagedChange {
  readonly change: Change;
  /** Its event as JSON. */
  readonly eventText: string;
  /** Estimate of its state in memory; undefined when that is written later. */
  readonly stateBytes: number | undefined;
}

export interface CommitSteps {
  /**
   * Writes an append's rows; `staged` has the last revision of each entity that earlier appends of the batch changed.
   * @throws GuardConflict, RevisionConflict before it has written anything
   */
  readonly stage: (append: Append, staged: Map<string, number>) => readonly StagedChange[];
  /** Writes their events, and what else is due in the transaction of a batch. */
  readonly staged: (changes: readonly StagedChange[]) => void;
  /** The batch is on disk. */
  readonly committed: (changes: readonly StagedChange[]) => void;
  readonly log: Logger;
}

interface Waiting extends Append {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Conflict {
  readonly waiting: Waiting;
  readonly error: Error;
}

interface StagedBatch {
  readonly changes: readonly StagedChange[];
  readonly accepted: readonly Waiting[];
  readonly conflicts: readonly Conflict[];
}

/** Why nothing is written, and what kind of fault that is. */
export interface Refusal extends Pick<StorageFault, 'reason'> {
  readonly kind: StorageFault['kind'] | 'closing';
}

const CLOSING: Refusal = { kind: 'closing', reason: 'it is shutting down' };

/** Commits together what arrives in one turn of the event loop: one transaction, one flush to disk. */
export class GroupCommit {
  #queue: Waiting[] = [];
  /** Why the last commit was not written. */
  #failing: Refusal | undefined;
  readonly #counts = { commits: 0, changes: 0, conflicts: 0, failed: 0 };
  #closed = false;

  constructor(
    private readonly database: Database,
    private readonly steps: CommitSteps,
  ) {}

  append(changes: readonly Change[], guard?: Guard): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new StoreUnavailable(CLOSING.reason));
        return;
      }
      if (this.#queue.push({ changes, guard, resolve, reject }) === 1) setImmediate(() => this.#flush());
    });
  }

  /** Why writes are refused; undefined when they are not. Tries one when the last one failed. */
  refusal(): Refusal | undefined {
    if (this.#closed) return CLOSING;
    if (this.#failing === undefined) return undefined;
    try {
      tryWrite(this.database);
      this.#recovered();
    } catch (error) {
      this.#failing = storageFault(error) ?? this.#failing;
    }
    return this.#failing;
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_commits_total',
        help: 'Commits of the log; several appends may share one.',
        kind: 'counter',
        read: () => this.#counts.commits,
      },
      {
        name: 'gemel_commit_events_total',
        help: 'Events committed; divided by the commits, the size of a batch.',
        kind: 'counter',
        read: () => this.#counts.changes,
      },
      {
        name: 'gemel_commit_refusals_total',
        help: 'Appends that were refused: another writer was first, or the store could not write.',
        kind: 'counter',
        labels: ['reason'],
        read: () => [
          { labels: { reason: 'conflict' }, value: this.#counts.conflicts },
          { labels: { reason: 'unavailable' }, value: this.#counts.failed },
        ],
      },
    ];
  }

  /** Commits what is queued and takes nothing more. */
  close(): Promise<void> {
    this.#closed = true;
    this.#flush();
    return Promise.resolve();
  }

  #flush(): void {
    const batch = this.#queue;
    this.#queue = [];
    this.#commit(batch);
  }

  #commit(batch: readonly Waiting[]): void {
    if (batch.length === 0) return;
    let staged: StagedBatch;
    try {
      staged = inTransaction(this.database, () => this.#stage(batch));
    } catch (error) {
      const fault = storageFault(error);
      // A bug of a caller's, which cannot be stored whatever the disk is like, refuses only itself.
      if (fault !== undefined) this.#fail(batch, error, fault);
      else if (batch.length > 1) for (const waiting of batch) this.#commit([waiting]);
      else batch[0]?.reject(error);
      return;
    }
    const { changes, accepted, conflicts } = staged;
    this.#counts.conflicts += conflicts.length;
    if (changes.length > 0) {
      this.#counts.commits += 1;
      this.#counts.changes += changes.length;
      this.#recovered();
      this.steps.committed(changes);
    }
    for (const { resolve } of accepted) resolve();
    for (const { waiting, error } of conflicts) waiting.reject(error);
  }

  #stage(batch: readonly Waiting[]): StagedBatch {
    const changes: StagedChange[] = [];
    const accepted: Waiting[] = [];
    const conflicts: Conflict[] = [];
    const staged = new Map<string, number>();
    for (const waiting of batch) {
      try {
        for (const change of this.steps.stage(waiting, staged)) changes.push(change);
        accepted.push(waiting);
      } catch (error) {
        if (!(error instanceof RevisionConflict || error instanceof GuardConflict)) throw error;
        conflicts.push({ waiting, error });
      }
    }
    if (changes.length > 0) this.steps.staged(changes);
    return { changes, accepted, conflicts };
  }

  /** A full or broken disk: nothing was written; logged once until a commit succeeds again. */
  #fail(batch: readonly Waiting[], error: unknown, fault: Refusal): void {
    if (this.#failing === undefined)
      this.steps.log.error({ error }, 'the store cannot write; requests are refused until it can');
    this.#failing = fault;
    this.#counts.failed += batch.length;
    for (const { reject } of batch) reject(new StoreUnavailable(fault.reason));
  }

  #recovered(): void {
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    this.steps.log.warn({}, 'the store writes again');
  }
}
