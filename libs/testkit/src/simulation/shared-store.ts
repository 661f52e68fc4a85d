import { GuardConflict, RevisionConflict } from '@gemel/application/ports';
import type { Change, Guard, Position, RecordedEvent, ThingChange } from '@gemel/application/ports';
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
  /** Commits that change policies, up to this one. */
  readonly generation: number;
}

/**
 * What all replicas share: the log, and documents of states, which are written behind it and never go back. Documents alone
 * are not the last states.
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
  readonly #guards = new Map<string, number>();
  readonly #guardsSettled = new Map<string, number>();
  #generation = 0;
  readonly #onCommit = new Set<(commit: Commit) => void>();

  get end(): Position {
    return this.#events.length;
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#onCommit.add(listener);
    return () => this.#onCommit.delete(listener);
  }

  /** The commit: one step, all changes or none. @throws GuardConflict, RevisionConflict */
  insert(changes: readonly Change[], guard?: Guard): Commit {
    this.#checkGuard(guard);
    this.#checkRevisions(changes);
    if (guard !== undefined) this.#guards.set(guard.name, guard.version + 1);
    const events = changes.map(({ event }, index) => ({ position: this.#events.length + index + 1, event }));
    if (changes.some(({ entity }) => entity === 'policy')) this.#generation += 1;
    const commit = { number: this.commits.length + 1, changes, events, guard, generation: this.#generation };
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
    for (const listener of this.#onCommit) listener(commit);
    return commit;
  }

  /** What a writer is told who takes places in the log: here they are taken and filled in one step. */
  taken(): { readonly upTo: Position; readonly generation: number } {
    return { upTo: this.end, generation: this.#generation };
  }

  /** What led a thing to the revision. */
  changeOf(thingId: string, revision: number): ThingChange | undefined {
    for (const { changes } of this.commits.toReversed()) {
      for (const change of changes) {
        if (change.entity !== 'thing' || change.event.id !== thingId) continue;
        if (change.event.revision === revision) return change;
      }
    }
    return undefined;
  }

  /** Writes the documents of states unless later ones are there. */
  writeThings(states: readonly (readonly [id: string, state: ThingState])[]): void {
    for (const [id, state] of states) write(this.#things, id, state);
  }

  writePolicies(states: readonly (readonly [id: string, state: PolicyState])[]): void {
    for (const [id, state] of states) write(this.#policies, id, state);
  }

  /** Commits whose last event comes after a position, without those with these last positions; the first of them. */
  commitsAfter(position: Position, except: readonly Position[], limit: number): readonly Commit[] {
    let from = this.commits.length;
    while (from > 0 && endOf(this.commits[from - 1]) > position) from -= 1;
    return this.commits
      .slice(from)
      .filter((commit) => !except.includes(endOf(commit)))
      .slice(0, limit);
  }

  commitsEndingAt(positions: readonly Position[]): readonly Commit[] {
    const wanted = new Set(positions);
    return this.commits.filter((commit) => wanted.has(endOf(commit)));
  }

  /** From now on whoever asks is told of the version to which a commit led. */
  settle({ name, version }: Guard): void {
    this.#guardsSettled.set(name, Math.max(version + 1, this.guardVersion(name)));
  }

  /** As far as it was told; the log may be ahead. */
  guardVersion(name: string): number {
    return this.#guardsSettled.get(name) ?? 0;
  }

  read(position: Position, limit: number): readonly RecordedEvent[] {
    return this.#events.slice(position, position + limit);
  }

  history(entity: GemelEvent['entity'], id: string): readonly RecordedEvent[] {
    return this.#histories.get(`${entity} ${id}`) ?? [];
  }

  /** Of the document. */
  thing(id: string): ThingState | undefined {
    return this.#things.get(id);
  }

  /** Of which there are documents. */
  thingIds(): readonly string[] {
    return [...this.#things.keys()];
  }

  /** Of the document. */
  policy(id: string): PolicyState | undefined {
    return this.#policies.get(id);
  }

  #checkGuard(guard: Guard | undefined): void {
    if (guard === undefined || guard.version === (this.#guards.get(guard.name) ?? 0)) return;
    // Whoever runs into it looks into the log for the version, and tells.
    this.settle({ name: guard.name, version: (this.#guards.get(guard.name) ?? 0) - 1 });
    throw new GuardConflict(guard.name);
  }

  #checkRevisions(changes: readonly Change[]): void {
    const last = new Map<string, number>();
    for (const { event } of changes) {
      const key = keyOf(event);
      const before = last.get(key) ?? this.#revisions.get(key) ?? 0;
      if (event.revision !== before + 1) throw new RevisionConflict(event.id);
      last.set(key, event.revision);
    }
  }
}

export function keyOf({ entity, id }: Pick<GemelEvent, 'entity' | 'id'>): string {
  return `${entity} ${id}`;
}

/** Position of the commit's last event. */
export function endOf(commit: Commit | undefined): Position {
  return commit?.events.at(-1)?.position ?? 0;
}

function write<State extends { readonly revision: number }>(
  documents: Map<string, State>,
  id: string,
  state: State,
): void {
  if ((documents.get(id)?.revision ?? 0) < state.revision) documents.set(id, state);
}
