import { randomUUID } from 'node:crypto';
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
  Position,
  PresenceBoard,
  ReaderPositions,
  RecordStore,
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
import { evolvePolicy } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { evolve as evolveThing, storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { ThingScan, cacheMeters } from '@gemel/store-parts';
import { clientMeter, commitMeters } from './commit-meters.js';
import type { CommitDocument } from './collections.js';
import { CommitLog } from './commit-log.js';
import { CommitQueue } from './commit-queue.js';
import type { MongoAddress } from './client.js';
import { connect } from './connect.js';
import type { Database } from './database.js';
import { EntityStates } from './entity-states.js';
import { ConnectionDocuments } from './connection-documents.js';
import { Guards } from './guards.js';
import { LeaseDocuments } from './lease-documents.js';
import { PresenceDocuments } from './presence-documents.js';
import { RecordDocuments } from './record-documents.js';
import { MongoArchive } from './mongo-archive.js';
import { MongoDirectory, policyFields } from './mongo-directory.js';
import { MongoRetention } from './mongo-retention.js';
import { OwnCommits } from './own-commits.js';
import { INDEXER, SearchIndexer } from './search-indexer.js';
import { Pulse } from './pulse.js';
import { SearchSource } from './search-source.js';
import { SettledLog } from './settled-log.js';
import { entityOfEventKey, parsePolicyState, parseThingState } from './state-codec.js';

/** Policies are few and needed by every request. */
const POLICY_CACHE_SHARE = 1 / 8;
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
  implements EventLog, StateStore, ThingMemory, ThingSearch, LeaseStore, ReaderPositions, HeldEntities
{
  readonly archive: MongoArchive;
  readonly retention: MongoRetention;
  readonly directory: MongoDirectory;
  readonly #commits: CommitLog;
  readonly #things: EntityStates<ThingState>;
  readonly #policies: EntityStates<PolicyState>;
  readonly #guards: Guards;
  readonly #queue: CommitQueue;
  readonly #own = new OwnCommits();
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
    const shared = { commits: this.#commits, questions, log };
    this.#things = new EntityStates({
      ...shared,
      entity: 'thing',
      collection: () => collections.things,
      cacheBytes: cacheBytes * (1 - POLICY_CACHE_SHARE),
      contentOf: storedContent,
      parse: parseThingState,
      evolve: (state, event) => (event.entity === 'thing' ? evolveThing(state, event) : refuse(event)),
    });
    this.#policies = new EntityStates({
      ...shared,
      entity: 'policy',
      collection: () => collections.policies,
      cacheBytes: cacheBytes * POLICY_CACHE_SHARE,
      contentOf: ({ policy }) => policy,
      fieldsOf: policyFields,
      parse: parsePolicyState,
      evolve: (state, event) => (event.entity === 'policy' ? evolvePolicy(state, event) : refuse(event)),
    });
    this.#guards = new Guards({ collections, questions, repair: (commit) => this.#repair(commit) });
    this.directory = new MongoDirectory({ collections, questions, policies: this.#policies.reader });
    const onCommit = () => this.#tellListeners();
    this.archive = new MongoArchive(collections, questions);
    this.retention = new MongoRetention(collections, this.archive, questions);
    this.#queue = new CommitQueue({
      commits: this.#commits,
      things: this.#things,
      policies: this.#policies,
      guards: this.#guards,
      archive: this.archive,
      own: this.#own,
      onCommit,
    });
    const things = this.#things.reader;
    this.#search = new ThingScan(new SearchSource({ collections, questions, commits: this.#commits, things }), now);
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
    return this.#things.reader.read(id);
  }

  /** Without asking the server. */
  recall(id: ThingId): ThingState | undefined {
    return this.#things.reader.recall(id);
  }

  refresh(ids: readonly ThingId[]): Promise<ReadonlyMap<string, ThingState>> {
    return this.#things.reader.readMany(ids);
  }

  /** An event of the log that came here another way; spares reading what it led to. */
  follow(event: GemelEvent): void {
    (event.entity === 'thing' ? this.#things : this.#policies).follow(event);
  }

  policy(id: PolicyId): Promise<PolicyState | undefined> {
    return this.#policies.reader.read(id);
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

  /** The log for those who may look at a state only when it is at least at the event's revision. */
  settled(): Pick<EventLog, 'read' | 'end'> {
    const settle = async (events: readonly RecordedEvent[]) => {
      await Promise.all([
        this.#things.settle(lastRevisions(events, 'thing')),
        this.#policies.settle(lastRevisions(events, 'policy')),
      ]);
    };
    return new SettledLog({ log: this, own: this.#own, settle });
  }

  /** The reader that keeps the search index; to be fed from the settled log. @param token of the lease it works under */
  searchIndexer(token: number): EventReader {
    const { collections, questions } = this.database;
    return new SearchIndexer({ collections, questions, things: this.#things.reader, positions: this, token });
  }

  /** Up to where the search index has seen the log. */
  indexPosition(): Promise<Position> {
    return this.#leases.readerPosition(INDEXER);
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
      thing: this.#things.reader.cache.countsByNamespace(),
      policy: this.#policies.reader.cache.countsByNamespace(),
    };
  }

  get meters(): readonly Meter[] {
    const caches = { things: this.#things.reader.cache, policies: this.#policies.reader.cache };
    return [
      ...commitMeters(() => this.#queue.counters()),
      ...cacheMeters(caches),
      clientMeter(() => this.database.replaced),
    ];
  }

  /** Whether the server answers within two seconds. */
  isReachable(): Promise<boolean> {
    return this.database.isReachable();
  }

  /** Writes what is queued, then disconnects. */
  async close(): Promise<void> {
    this.#pulse.stop();
    await this.#queue.close();
    await this.database.close();
  }

  async #repair({ keys }: CommitDocument): Promise<void> {
    const idsOf = (kind: GemelEvent['entity']) =>
      keys.flatMap((key) => {
        const { entity, id } = entityOfEventKey(key) ?? {};
        return entity === kind && id !== undefined ? [id] : [];
      });
    await Promise.all([this.#things.repair(idsOf('thing')), this.#policies.repair(idsOf('policy'))]);
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener([]);
  }
}

function lastRevisions(events: readonly RecordedEvent[], entity: GemelEvent['entity']): ReadonlyMap<string, number> {
  return new Map(events.filter(({ event }) => event.entity === entity).map(({ event }) => [event.id, event.revision]));
}

function refuse({ entity, id }: GemelEvent): never {
  throw new Error(`an event of ${entity} '${id}' stands under another kind of entity`);
}
