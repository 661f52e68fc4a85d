import { randomUUID } from 'node:crypto';
import { serverState } from '@gemel/application/ports';
import type {
  Change,
  EventLog,
  EventReader,
  Guard,
  HeldEntities,
  LeaseRecord,
  LeaseStore,
  Logger,
  Meter,
  PartState,
  Position,
  PolicyMemory,
  PresenceBoard,
  ReaderPositions,
  RecordStore,
  RememberedPolicy,
  RecordedEvent,
  StateStore,
  ThingMatch,
  ThingMemory,
  ThingPageQuery,
  ThingQuery,
  ThingSearch,
} from '@gemel/application/ports';
import type { GemelError } from '@gemel/model/errors';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import { LogProjection, PROJECTION, States, ThingScan, cacheMeters } from '@gemel/store-parts';
import { Backlog } from './backlog.js';
import { clientMeter, commitMeters, tailMeter } from './commit-meters.js';
import { CommitLog } from './commit-log.js';
import { CommitQueue } from './commit-queue.js';
import type { MongoAddress } from './client.js';
import { connect } from './connect.js';
import type { Database } from './database.js';
import { ConnectionDocuments } from './connection-documents.js';
import { Guards } from './guards.js';
import { FollowedLog } from './followed-log.js';
import { LeaseDocuments } from './lease-documents.js';
import { PresenceDocuments } from './presence-documents.js';
import { RecordDocuments } from './record-documents.js';
import { MongoArchive } from './mongo-archive.js';
import { MongoDocuments } from './mongo-documents.js';
import { MongoDirectory } from './mongo-directory.js';
import { MongoRetention } from './mongo-retention.js';
import { OwnCommits } from './own-commits.js';
import { Rivals } from './rivals.js';
import { SearchIndexer } from './search-indexer.js';
import { Pulse } from './pulse.js';
import { SearchSource } from './search-source.js';
import { mongoDocuments } from './state-documents.js';

const DEFAULT_CACHE_BYTES = 268_435_456;
/** A blip, or the restart of a server on the same machine; longer than that nobody holds the line. */
const UNREACHED_MS = 2_000;

export interface MongoStoreOptions extends MongoAddress {
  /** How long a server that cannot be reached is waited for, in milliseconds. @default 2 seconds */
  readonly unreachedMs?: number;
  /** Memory for parsed states, estimated. @default 256 MiB */
  readonly cacheBytes?: number;
  readonly log: Logger;
  /** Milliseconds since 1970, for `time:now` in queries. @default the machine's clock */
  readonly now?: () => number;
}

/** @throws DatabaseUnusable */
export async function openMongoStore(options: MongoStoreOptions): Promise<MongoStore> {
  const { url, database, log, unreachedMs = UNREACHED_MS } = options;
  const store = new MongoStore(await connect({ url, database, log, unreachedMs }), options);
  await store.directory.catchUp();
  return store;
}

/**
 * Event log, current state, search, leases and reader positions in one MongoDB database that several replicas share.
 * Needs no transactions and no change streams: a commit is one document, and everything else follows from it.
 */
export class MongoStore
  implements EventLog, StateStore, ThingMemory, PolicyMemory, ThingSearch, LeaseStore, ReaderPositions, HeldEntities
{
  readonly archive: MongoArchive;
  readonly retention: MongoRetention;
  readonly directory: MongoDirectory;
  /** What stands beside the log, for who holds it against that. */
  readonly documents: MongoDocuments;
  readonly #commits: CommitLog;
  readonly #states: States;
  readonly #guards: Guards;
  readonly #queue: CommitQueue;
  readonly #own = new OwnCommits();
  readonly #rivals = new Rivals(() => performance.now());
  readonly #search: ThingScan;
  readonly #leases: LeaseDocuments;
  /** Notes that the processes leave for each other. */
  readonly presences: PresenceBoard;
  /** Definitions of connections, and reports on them. */
  readonly connections: ConnectionDocuments;
  readonly records: RecordStore;
  readonly #listeners = new Set<(events: readonly RecordedEvent[]) => void>();
  readonly #pulse: Pulse;

  constructor(
    private readonly database: Database,
    options: MongoStoreOptions,
  ) {
    const { cacheBytes = DEFAULT_CACHE_BYTES, log, now = Date.now } = options;
    const { collections, questions } = database;
    this.#commits = new CommitLog({ collections, questions, log, writer: randomUUID(), now: () => performance.now() });
    const states = new States({
      documents: mongoDocuments(collections, questions),
      commits: this.#commits,
      cacheBytes,
      written: () => this.projectedPosition(),
    });
    this.#states = states;
    const { tail, things, policies, generation } = states;
    this.#guards = new Guards({ collections, questions, log });
    this.directory = new MongoDirectory({ collections, questions, policies: policies.reader });
    this.documents = new MongoDocuments({ collections, questions, written: () => this.projectedPosition() });
    const onCommit = () => this.#tellListeners();
    this.archive = new MongoArchive(collections, questions);
    this.retention = new MongoRetention(collections, this.archive, questions, states);
    this.#queue = new CommitQueue({
      commits: this.#commits,
      things,
      policies,
      guards: this.#guards,
      archive: this.archive,
      tail,
      generation,
      own: this.#own,
      backlog: new Backlog(tail, log),
      rivals: this.#rivals,
      onCommit,
    });
    this.#search = new ThingScan(new SearchSource({ collections, questions, tail, things: things.reader }), now);
    this.#leases = new LeaseDocuments(collections, questions);
    this.presences = new PresenceDocuments(collections, questions);
    this.connections = new ConnectionDocuments(collections, questions);
    this.records = new RecordDocuments(collections, questions);
    this.#pulse = new Pulse({ beat: onCommit, foreign: () => this.#commits.foreign });
    this.#pulse.start();
  }

  append(changes: readonly Change[], guard?: Guard): Promise<void> {
    return this.#queue.append(changes, guard);
  }

  tooLarge(changes: readonly Change[]): GemelError | undefined {
    return this.#queue.tooLarge(changes);
  }

  guardVersion(name: string): Promise<number> {
    return this.#guards.version(name);
  }

  read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    return this.#commits.read(position, limit);
  }

  end(): Promise<Position> {
    return this.#commits.end();
  }

  history(
    entity: GemelEvent['entity'],
    id: string,
    range: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]> {
    return this.#commits.history(entity, id, range);
  }

  /** Calls when there may be something new in the log: at this replica's commits, and often enough for others'. */
  onCommit(listener: (events: readonly RecordedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  thing(id: ThingId): Promise<ThingState | undefined> {
    return this.#states.things.reader.read(id);
  }

  /** Without asking the server. */
  recall(id: ThingId): ThingState | undefined {
    return this.#states.things.reader.recall(id);
  }

  recallPolicy(id: PolicyId): RememberedPolicy | undefined {
    return this.#states.recallPolicy(id);
  }

  refresh(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.#states.things.reader.readMany(ids);
  }

  /** As of when the tail of the log was looked at last. */
  seen(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.#states.things.reader.readSeen(ids);
  }

  /** An event of the log that came here another way; spares reading what it led to. */
  follow(event: GemelEvent): void {
    this.#states.follow(event);
  }

  /** Whether `follow` is worth it: others change what is changed here, and what is in memory is often behind. */
  get hasRivals(): boolean {
    return this.#rivals.areAbout;
  }

  policy(id: PolicyId): Promise<PolicyState | undefined> {
    return this.#states.policies.reader.read(id);
  }

  find(query: ThingPageQuery): Promise<readonly ThingMatch[]> {
    return this.#search.find(query);
  }

  count(query: ThingQuery): Promise<number> {
    return this.#search.count(query);
  }

  visit(...asked: Parameters<ThingSearch['visit']>): Promise<void> {
    return this.#search.visit(...asked);
  }

  /** The log for those in this process who follow it together. */
  followed(): Pick<EventLog, 'read' | 'end'> {
    return new FollowedLog({ log: this, own: this.#own });
  }

  /** The reader that writes states and search index; to be fed from the followed log. @param token of the lease it works under */
  projection(token: number): EventReader {
    const { collections, questions } = this.database;
    return new LogProjection({
      states: this.#states,
      search: new SearchIndexer(collections, questions),
      positions: this,
      token,
    });
  }

  /** Up to where the projection has seen the log. */
  projectedPosition(): Promise<Position> {
    return this.#leases.readerPosition(PROJECTION);
  }

  lease(name: string): Promise<LeaseRecord | undefined> {
    return this.#leases.lease(name);
  }

  replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    return this.#leases.replaceLease(name, expected, next);
  }

  readerPosition(reader: string): Promise<Position> {
    return this.#leases.readerPosition(reader);
  }

  saveReaderPosition(reader: string, position: Position, token: number): Promise<void> {
    return this.#leases.saveReaderPosition(reader, position, token);
  }

  held(): ReturnType<HeldEntities['held']> {
    return {
      thing: this.#states.things.reader.cache.countsByNamespace(),
      policy: this.#states.policies.reader.cache.countsByNamespace(),
    };
  }

  get meters(): readonly Meter[] {
    const caches = { things: this.#states.things.reader.cache, policies: this.#states.policies.reader.cache };
    return [
      ...commitMeters(() => this.#queue.counters()),
      ...cacheMeters(caches),
      clientMeter(() => this.database.replaced),
      tailMeter(() => this.#states.tail.size),
    ];
  }

  /** Whether the server answers within two seconds. */
  isReachable(): Promise<boolean> {
    return this.database.isReachable();
  }

  /** Degraded from a write that was refused for want of room until one succeeds: reads go on. */
  async state(): Promise<PartState> {
    const state = serverState('mongodb', await this.isReachable());
    if (state.status === 'DOWN' || !this.#commits.lacksSpace) return state;
    return { ...state, status: 'DEGRADED', reason: 'its disk was full when something was last written' };
  }

  /** Writes what is queued, then disconnects. */
  async close(): Promise<void> {
    this.#pulse.stop();
    await this.#queue.close();
    await this.database.close();
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener([]);
  }
}
