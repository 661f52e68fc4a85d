import { OutcomeUnknown, StoreUnavailable } from '@gemel/application/ports';
import type {
  Change,
  EventLog,
  Guard,
  Position,
  RecordedEvent,
  PolicyDirectory,
  RecordStore,
  StateArchive,
  StateStore,
  ThingMatch,
  ThingMemory,
  ThingPageQuery,
  ThingQuery,
  ThingSearch,
} from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import { MemorySearch } from '../memory/index.js';
import type { Commit, SharedStore } from './shared-store.js';
import type { VirtualProcess } from './virtual-process.js';

const STATE_TRIES = 4;
const UNKNOWN = { lane: 'append', whenAnswerIsLost: () => new OutcomeUnknown() };

/** The shared store as one replica sees it: over a network, and only as far as the replica lives. */
export class ReplicaStore implements EventLog, StateStore, ThingMemory, ThingSearch {
  /** Nothing of the workload is about them. */
  get records(): RecordStore {
    return this.shared.records;
  }

  readonly directory: PolicyDirectory = {
    find: (query) => this.shared.directory.find(query),
    imported: (limit) => this.shared.directory.imported(limit),
    due: (query) => this.shared.directory.due(query),
  };
  readonly archive: StateArchive = {
    pastThing: (id, bound) => this.process.call(`read past ${id}`, () => this.shared.archive.thing(id, bound)),
    pastPolicy: (id, bound) => this.process.call(`read past ${id}`, () => this.shared.archive.policy(id, bound)),
  };

  /** As last seen here. */
  readonly #remembered = new Map<ThingId, ThingState>();
  /** Versions of guards to which commits from here have led. */
  readonly #committed = new Map<string, number>();

  constructor(
    private readonly shared: SharedStore,
    private readonly process: VirtualProcess,
  ) {}

  async guardVersion(name: string): Promise<number> {
    const version = await this.process.call(`guard ${name}`, () => this.shared.guardVersion(name));
    return Math.max(version, this.#committed.get(name) ?? 0);
  }

  async append(changes: readonly Change[], guard?: Guard): Promise<void> {
    if (changes.length === 0) return;
    const names = changes.map(({ event }) => `${event.id}#${event.revision}`).join(' ');
    const commit = await this.process.call(`append ${names}`, () => this.shared.insert(changes, guard), UNKNOWN);
    await this.#writeStates(commit);
    for (const change of changes) if (change.entity === 'thing') this.#remembered.set(change.event.id, change.state);
  }

  read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.process.call('read log', () => this.shared.read(position, limit));
  }

  end(): Promise<Position> {
    return this.process.call('end of log', () => this.shared.end);
  }

  history(
    entity: GemelEvent['entity'],
    id: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]> {
    return this.process.call('read history', () =>
      this.shared.history(entity, id).filter(({ event }) => event.revision >= from && event.revision <= to),
    );
  }

  async thing(id: ThingId): Promise<ThingState | undefined> {
    const state = await this.process.call(`read ${id}`, () => this.shared.thing(id));
    if (state !== undefined) this.#remembered.set(id, state);
    return state;
  }

  recall(id: ThingId): ThingState | undefined {
    return this.#remembered.get(id);
  }

  async refresh(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    const states = await Promise.all(ids.map((id) => this.thing(id)));
    return new Map(ids.flatMap((id, index) => named(id, states[index])));
  }

  seen(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.refresh(ids);
  }

  policy(id: PolicyId): Promise<PolicyState | undefined> {
    return this.process.call(`read policy ${id}`, () => this.shared.policy(id));
  }

  async find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    return (await this.#search()).find(query);
  }

  async count(query: ThingQuery): Promise<number> {
    return (await this.#search()).count(query);
  }

  async visit(...asked: Parameters<ThingSearch['visit']>): Promise<void> {
    await (await this.#search()).visit(...asked);
  }

  async #search(): Promise<MemorySearch> {
    const found = await this.process.call('search', () => this.shared.things());
    return new MemorySearch({ things: () => found });
  }

  /** One by one, as no transaction holds them together: a reader may see the first without the second. */
  async #writeStates(commit: Commit): Promise<void> {
    for (const change of commit.changes) await this.#writeState(change);
    const { guard } = commit;
    if (guard === undefined) {
      this.shared.settle(commit);
      return;
    }
    this.#committed.set(guard.name, Math.max(guard.version + 1, this.#committed.get(guard.name) ?? 0));
    // Nobody waits for it: who plans on the version before is refused.
    void this.#untilDone('version of the guard', () => this.shared.settle(commit)).catch(() => undefined);
  }

  #writeState(change: Change): Promise<void> {
    const { id, revision } = change.event;
    return this.#untilDone(`state ${id}#${revision}`, () => this.shared.writeState(change));
  }

  /** Some times. @throws OutcomeUnknown the commit is in the log, and its states may be behind */
  async #untilDone(what: string, effect: () => void): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.process.call(what, effect);
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        if (attempt === STATE_TRIES) throw new OutcomeUnknown();
      }
    }
  }
}

function named(id: ThingId, state: ThingState | undefined): readonly (readonly [string, ThingState])[] {
  return state === undefined ? [] : [[id, state]];
}
