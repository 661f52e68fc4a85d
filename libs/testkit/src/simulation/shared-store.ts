import { GuardConflict, RevisionConflict } from '@gemel/application/ports';
import type { Change, Guard, Position, RecordedEvent } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import { MemoryArchive, MemoryDirectory, MemoryRecords } from '../memory/index.js';

/** One append as it stands in the log. */
export interface Commit {
  readonly number: number;
  readonly changes: readonly Change[];
  readonly events: readonly RecordedEvent[];
  readonly guard: Guard | undefined;
}

/**
 * What all replicas share: the log, and the states that a writer puts beside it in a second step. A writer that dies in
 * between leaves states behind the log; whoever stumbles over that, or the keeper that follows the log, brings them up.
 */
export class SharedStore {
  readonly commits: Commit[] = [];
  readonly archive = new MemoryArchive();
  readonly records = new MemoryRecords();
  readonly directory = new MemoryDirectory(() => this.#policies.values());
  readonly #events: RecordedEvent[] = [];
  readonly #revisions = new Map<string, number>();
  readonly #histories = new Map<string, RecordedEvent[]>();
  readonly #things = new Map<string, ThingState>();
  readonly #policies = new Map<string, PolicyState>();
  /** Commits whose states may not be written yet, oldest first. */
  readonly #behind = new Map<number, Commit>();
  readonly #guards = new Map<string, number>();
  readonly #guardsSettled = new Map<string, number>();
  readonly #onCommit = new Set<(commit: Commit) => void>();
  readonly #onState = new Set<(change: Change) => void>();

  get end(): Position {
    return this.#events.length;
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#onCommit.add(listener);
    return () => this.#onCommit.delete(listener);
  }

  /** Calls when a state becomes visible. */
  onState(listener: (change: Change) => void): void {
    this.#onState.add(listener);
  }

  /** The commit: one step, all changes or none. @throws GuardConflict, RevisionConflict the states are up to the log then */
  insert(changes: readonly Change[], guard?: Guard): Commit {
    this.#checkGuard(guard);
    this.#checkRevisions(changes);
    if (guard !== undefined) this.#guards.set(guard.name, guard.version + 1);
    const events = changes.map(({ event }, index) => ({ position: this.#events.length + index + 1, event }));
    const commit = { number: this.commits.length + 1, changes, events, guard };
    this.commits.push(commit);
    for (const change of changes) this.archive.add(change);
    for (const recorded of events) {
      const key = keyOf(recorded.event);
      this.#events.push(recorded);
      this.#revisions.set(key, recorded.event.revision);
      const history = this.#histories.get(key);
      if (history === undefined) this.#histories.set(key, [recorded]);
      else history.push(recorded);
    }
    this.#behind.set(commit.number, commit);
    for (const listener of this.#onCommit) listener(commit);
    return commit;
  }

  /** Writes the state of one change unless a later one is there. */
  writeState(change: Change): void {
    const states: Map<string, { readonly revision: number }> =
      change.entity === 'thing' ? this.#things : this.#policies;
    const before = states.get(change.event.id)?.revision ?? 0;
    if (before >= change.event.revision) return;
    states.set(change.event.id, change.state);
    for (const listener of this.#onState) listener(change);
  }

  /** All states of a commit are written. */
  settle(commit: Commit): void {
    this.#behind.delete(commit.number);
    if (commit.guard === undefined) return;
    const { name, version } = commit.guard;
    this.#guardsSettled.set(name, Math.max(version + 1, this.guardVersion(name)));
  }

  /** Brings states up to the log: those of all commits, or of an entity's. */
  repair(key?: string): void {
    for (const commit of this.#behind.values()) {
      if (key !== undefined && !commit.changes.some(({ event }) => keyOf(event) === key)) continue;
      for (const change of commit.changes) this.writeState(change);
      this.settle(commit);
    }
  }

  /** As far as the states of its commits are known to be written. */
  guardVersion(name: string): number {
    return this.#guardsSettled.get(name) ?? 0;
  }

  read(position: Position, limit: number): readonly RecordedEvent[] {
    return this.#events.slice(position, position + limit);
  }

  history(entity: GemelEvent['entity'], id: string): readonly RecordedEvent[] {
    return this.#histories.get(`${entity} ${id}`) ?? [];
  }

  thing(id: string): ThingState | undefined {
    return this.#things.get(id);
  }

  things(): readonly ThingState[] {
    return [...this.#things.values()];
  }

  policy(id: string): PolicyState | undefined {
    return this.#policies.get(id);
  }

  #checkGuard(guard: Guard | undefined): void {
    if (guard === undefined || guard.version === (this.#guards.get(guard.name) ?? 0)) return;
    this.repair();
    throw new GuardConflict(guard.name);
  }

  #checkRevisions(changes: readonly Change[]): void {
    const last = new Map<string, number>();
    for (const { event } of changes) {
      const key = keyOf(event);
      const before = last.get(key) ?? this.#revisions.get(key) ?? 0;
      if (event.revision !== before + 1) {
        for (const each of changes) this.repair(keyOf(each.event));
        throw new RevisionConflict(event.id);
      }
      last.set(key, event.revision);
    }
  }
}

export function keyOf({ entity, id }: Pick<GemelEvent, 'entity' | 'id'>): string {
  return `${entity} ${id}`;
}
