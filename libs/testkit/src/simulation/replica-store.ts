import { OutcomeUnknown, RevisionConflict, StoreUnavailable, premisesOf } from '@gemel/application/ports';
import type {
  Change,
  EventLog,
  EventReader,
  Guard,
  Position,
  RecordedEvent,
  PolicyDirectory,
  PolicyMemory,
  RecordStore,
  RememberedPolicy,
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
import type { ReplicaLeases } from './shared-leases.js';
import { endOf } from './shared-store.js';
import type { Commit, SharedStore } from './shared-store.js';
import type { SimulatedCommit, SimulatedDocuments, SimulatedStates, SystemUnderTest } from './system-under-test.js';
import type { VirtualProcess } from './virtual-process.js';

const STATE_TRIES = 4;
const READ_TRIES = 2;
const UNKNOWN = { lane: 'append', whenAnswerIsLost: () => new OutcomeUnknown() };
const CACHE_BYTES = 1_000_000;
/** So small that what happens to a busy cluster in minutes happens in seconds. */
const LIMITS = { page: 10, mostMissed: 40, worthAsking: 6, askedEveryMs: 200, longestMs: 8_000 };

export interface ReplicaStoreParts {
  readonly shared: SharedStore;
  readonly process: VirtualProcess;
  readonly leases: ReplicaLeases;
  readonly system: Pick<SystemUnderTest, 'openStates' | 'eventKey' | 'entityOfKey' | 'projectionName'>;
}

/**
 * The shared store as one replica sees it: over a network, and only as far as the replica lives. What it remembers, and how
 * it takes that along by the tail of the log, is the code of the cluster's store.
 */
export class ReplicaStore implements EventLog, StateStore, ThingMemory, PolicyMemory, ThingSearch {
  /** Nothing of the workload is about them. */
  get records(): RecordStore {
    return this.parts.shared.records;
  }

  readonly directory: PolicyDirectory = {
    find: (query) => this.parts.shared.directory.find(query),
    imported: (limit) => this.parts.shared.directory.imported(limit),
    due: (query) => this.parts.shared.directory.due(query),
  };
  readonly archive: StateArchive = {
    pastThing: (id, bound) => this.#ask(`past ${id}`, ({ archive }) => archive.thing(id, bound)),
    pastPolicy: (id, bound) => this.#ask(`past ${id}`, ({ archive }) => archive.policy(id, bound)),
  };
  readonly states: SimulatedStates;

  /** Versions of guards to which commits from here have led. */
  readonly #committed = new Map<string, number>();

  constructor(private readonly parts: ReplicaStoreParts) {
    const { process, leases, system } = parts;
    this.states = system.openStates({
      documents: {
        things: this.#documents<ThingState>(
          (shared, id) => shared.thing(id),
          (shared, states) => shared.writeThings(states),
        ),
        policies: this.#documents<PolicyState>(
          (shared, id) => shared.policy(id),
          (shared, states) => shared.writePolicies(states),
        ),
      },
      commits: {
        tail: (position, except, limit) =>
          this.#ask(`tail after ${position}`, (shared) =>
            shared.commitsAfter(position, except, limit).map((commit) => this.#tailOf(commit)),
          ),
        eventsIn: (positions) =>
          this.#ask('events of the tail', (shared) =>
            shared.commitsEndingAt(positions).flatMap(({ events }) => events.map(({ event }) => event)),
          ),
      },
      cacheBytes: CACHE_BYTES,
      written: () => leases.readerPosition(system.projectionName),
      now: () => process.timers.now(),
      later: (ms, begin) => process.deliverAfter(ms, begin),
      limits: LIMITS,
    });
  }

  /** The reader of the log that writes documents. */
  projection(token: number): EventReader {
    return this.states.projection(this.parts.leases, token);
  }

  async guardVersion(name: string): Promise<number> {
    const version = await this.#ask(`guard ${name}`, (shared) => shared.guardVersion(name));
    return Math.max(version, this.#committed.get(name) ?? 0);
  }

  async append(changes: readonly Change[], guard?: Guard): Promise<void> {
    if (changes.length === 0) return;
    const { process, shared } = this.parts;
    await this.#checkPremises(changes);
    const names = changes.map(({ event }) => `${event.id}#${event.revision}`).join(' ');
    const commit = await process.call(`append ${names}`, () => shared.insert(changes, guard), UNKNOWN);
    this.#learn(commit);
    for (const change of changes) {
      if (change.entity !== 'policy') continue;
      const { id, revision } = change.event;
      await this.#untilDone(`policy ${id}#${revision}`, () => shared.writePolicies([[id, change.state]]));
    }
  }

  read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.#ask('log', (shared) => shared.read(position, limit));
  }

  end(): Promise<Position> {
    return this.#ask('end of log', (shared) => shared.end);
  }

  history(
    entity: GemelEvent['entity'],
    id: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]> {
    return this.#ask('history', (shared) =>
      shared.history(entity, id).filter(({ event }) => event.revision >= from && event.revision <= to),
    );
  }

  thing(id: ThingId): Promise<ThingState | undefined> {
    return this.states.things.reader.read(id);
  }

  recall(id: ThingId): ThingState | undefined {
    return this.states.things.reader.recall(id);
  }

  recallPolicy(id: PolicyId): RememberedPolicy | undefined {
    return this.states.recallPolicy(id);
  }

  refresh(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.states.things.reader.readMany(ids);
  }

  seen(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.states.things.reader.readSeen(ids);
  }

  policy(id: PolicyId): Promise<PolicyState | undefined> {
    return this.states.policies.reader.read(id);
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

  /** Documents are candidates, and what is in the tail besides. */
  async #search(): Promise<MemorySearch> {
    const { tail, things } = this.states;
    for (;;) {
      const { floor } = tail;
      const [ids] = await Promise.all([this.#ask('search', (shared) => shared.thingIds()), tail.catchUp()]);
      // Documents may have been asked for before they had what the tail has forgotten meanwhile.
      if (tail.floor !== floor) continue;
      const changed = [...tail.keys].map((key) => this.parts.system.entityOfKey(key));
      const inTail = changed.flatMap(({ entity, id }) => (entity === 'thing' ? id : []));
      const found = await things.reader.readSeen([...new Set([...ids, ...inTail])].toSorted());
      return new MemorySearch({ things: () => [...found.values()] });
    }
  }

  /** As of now; nothing of it is promised for when the commit is in the log. */
  async #checkPremises(changes: readonly Change[]): Promise<void> {
    const premises = premisesOf(changes);
    if (premises.length === 0) return;
    const { generation } = this.states;
    const taken = await this.#ask('places', (shared) => shared.taken());
    generation.took(taken);
    for (const { policyId } of await generation.wrong(premises, taken.generation)) throw new RevisionConflict(policyId);
  }

  /** Remembers what the commit led to, unless the tail has gone past it. */
  #learn(commit: Commit): void {
    const { tail, things, policies } = this.states;
    const seen = this.#tailOf(commit);
    tail.saw(seen);
    this.states.generation.took({ upTo: seen._id, generation: commit.generation });
    if (commit.guard !== undefined) this.#raise(commit.guard);
    if (seen._id <= tail.floor) return;
    for (const change of commit.changes) {
      if (change.entity === 'thing') things.reader.remember(change.event.id, change.state);
      else policies.reader.remember(change.event.id, change.state);
    }
  }

  /** Nobody waits for it: who plans on the version before is refused. */
  #raise(guard: Guard): void {
    this.#committed.set(guard.name, Math.max(guard.version + 1, this.#committed.get(guard.name) ?? 0));
    const { shared } = this.parts;
    void this.#untilDone('version of the guard', () => shared.settle(guard)).catch(() => undefined);
  }

  #tailOf({ events, ...commit }: Commit): SimulatedCommit {
    const { eventKey } = this.parts.system;
    const keys = events.map(({ event: { entity, id, revision } }) => eventKey(entity, id, revision));
    return { _id: endOf({ events, ...commit }), first: events[0]?.position ?? 0, keys };
  }

  #documents<State extends { readonly revision: number }>(
    find: (shared: SharedStore, id: string) => State | undefined,
    write: (shared: SharedStore, states: readonly (readonly [id: string, state: State])[]) => void,
  ): SimulatedDocuments<State> {
    return {
      find: (ids) =>
        this.#ask(`${ids.length} states from ${ids[0] ?? ''}`, (shared) => {
          const found = ids.map((id) => [id, find(shared, id)] as const);
          return new Map(found.flatMap(([id, state]) => (state === undefined ? [] : [[id, state] as const])));
        }),
      write: (states) => {
        const { process, shared } = this.parts;
        const what = `write ${states.map(([id, { revision }]) => `${id}#${revision}`).join(' ')}`;
        return process.call(what, () => {
          const done = process.breakDown(what, states.length);
          write(shared, states.slice(0, done));
          if (done !== undefined) throw new StoreUnavailable('the store broke down half-way');
        });
      },
    };
  }

  /** What may be asked twice. */
  #ask<T>(what: string, answer: (shared: SharedStore) => T): Promise<T> {
    return this.#again(READ_TRIES, () => this.parts.process.call(`read ${what}`, () => answer(this.parts.shared)));
  }

  /** Some times. @throws OutcomeUnknown the commit is in the log, and its states may be behind */
  async #untilDone(what: string, effect: () => void): Promise<void> {
    try {
      await this.#again(STATE_TRIES, () => this.parts.process.call(what, effect));
    } catch (error) {
      throw error instanceof StoreUnavailable ? new OutcomeUnknown() : error;
    }
  }

  async #again<T>(tries: number, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || attempt === tries) throw error;
      }
    }
  }
}
