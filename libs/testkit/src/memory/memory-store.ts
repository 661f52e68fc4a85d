import { GuardConflict, RevisionConflict } from '@gemel/application/ports';
import type {
  BaseState,
  Change,
  EventLog,
  Guard,
  LogRetention,
  Position,
  RecordedEvent,
  StateStore,
} from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import { MemoryArchive } from './memory-archive.js';
import { MemoryDirectory } from './memory-directory.js';

/** Event log and states in memory. Survives nothing; an append takes effect at once and resolves a tick later. */
export class MemoryStore implements EventLog, StateStore, LogRetention {
  readonly archive = new MemoryArchive();
  readonly directory = new MemoryDirectory(() => this.#policies.values());
  #events: RecordedEvent[] = [];
  #end: Position = 0;
  readonly #things = new Map<ThingId, ThingState>();
  readonly #policies = new Map<PolicyId, PolicyState>();
  readonly #guards = new Map<string, number>();

  async append(changes: readonly Change[], guard?: Guard): Promise<void> {
    if (guard !== undefined && guard.version !== this.#guardVersion(guard.name)) throw new GuardConflict(guard.name);
    this.#checkRevisions(changes);
    if (guard !== undefined) this.#guards.set(guard.name, guard.version + 1);
    for (const change of changes) {
      this.#end += 1;
      this.#events.push({ position: this.#end, event: change.event });
      this.archive.add(change);
      if (change.entity === 'thing') this.#things.set(change.event.id, change.state);
      else this.#policies.set(change.event.id, change.state);
    }
  }

  async guardVersion(name: string): Promise<number> {
    return this.#guardVersion(name);
  }

  async read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.#events.filter((recorded) => recorded.position > position).slice(0, limit);
  }

  async forget(bases: readonly BaseState[]): Promise<number> {
    const before = this.#events.length;
    for (const base of bases) {
      this.archive.keep(base);
      this.archive.forgetBefore(base);
      this.#events = this.#events.filter(({ position, event: { entity, id, revision } }) => {
        const isOlder = entity === base.entity && id === base.id && revision <= base.state.revision;
        return !isOlder || position === this.#end;
      });
    }
    return before - this.#events.length;
  }

  async end(): Promise<Position> {
    return this.#end;
  }

  async history(
    entity: GemelEvent['entity'],
    id: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]> {
    return this.#events.filter(
      ({ event }) => event.entity === entity && event.id === id && event.revision >= from && event.revision <= to,
    );
  }

  async thing(id: ThingId): Promise<ThingState | undefined> {
    return this.#things.get(id);
  }

  /** The last state of every thing, deleted ones included. */
  things(): readonly ThingState[] {
    return [...this.#things.values()];
  }

  async policy(id: PolicyId): Promise<PolicyState | undefined> {
    return this.#policies.get(id);
  }

  #guardVersion(name: string): number {
    return this.#guards.get(name) ?? 0;
  }

  /** A change may follow another one of the same entity in the same append. */
  #checkRevisions(changes: readonly Change[]): void {
    const last = new Map<string, number>();
    for (const { entity, event } of changes) {
      const key = `${entity} ${event.id}`;
      const before = last.get(key) ?? this.#revision(event);
      if (event.revision !== before + 1) throw new RevisionConflict(event.id);
      last.set(key, event.revision);
    }
  }

  #revision(event: GemelEvent): number {
    const state = event.entity === 'thing' ? this.#things.get(event.id) : this.#policies.get(event.id);
    return state?.revision ?? 0;
  }
}
