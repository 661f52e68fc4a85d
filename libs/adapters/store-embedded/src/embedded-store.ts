import { join } from 'node:path';
import { GuardConflict, RevisionConflict } from '@gemel/application/ports';
import type {
  Change,
  EventLog,
  Guard,
  HeldEntities,
  Logger,
  Meter,
  PartState,
  Position,
  RecordedEvent,
  StateStore,
  ThingMatch,
  ThingPageQuery,
  ThingQuery,
  ThingSearch,
} from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import { Checkpoints, openDatabase } from '@gemel/sqlite';
import type { Database } from '@gemel/sqlite';
import { IndexedSearch } from '@gemel/store-parts';
import type { ShelfOptions } from '@gemel/store-parts';
import { EmbeddedArchive } from './embedded-archive.js';
import { EmbeddedDirectory } from './embedded-directory.js';
import { EmbeddedDocuments } from './embedded-documents.js';
import { EmbeddedRecords } from './embedded-records.js';
import { GroupCommit } from './group-commit.js';
import type { Append, StagedChange } from './group-commit.js';
import { accessing } from './accessing.js';
import { EventRows, parseRecorded } from './event-rows.js';
import { RecentEvents } from './recent-events.js';
import { prepareSchema } from './schema.js';
import { States } from './states.js';
import type { UnwrittenLimits } from './unwritten-states.js';

export interface EmbeddedStoreOptions {
  /** Existing folder; the store's file in it is `twins.db`. */
  readonly folder: string;
  /** Memory for parsed states, estimated. @default 256 MiB */
  readonly cacheBytes?: number;
  /** How far states may be behind in their rows. @default 10,000 events, 64 MiB */
  readonly unwritten?: UnwrittenLimits;
  /** When and how much is indexed for searches. */
  readonly indexes?: ShelfOptions;
  readonly log: Logger;
  /** Milliseconds since 1970, for `time:now` in queries. @default the machine's clock */
  readonly now?: () => number;
}

const DEFAULT_CACHE_BYTES = 268_435_456;
const UNWRITTEN: UnwrittenLimits = { events: 10_000, bytes: 67_108_864 };
const RECENT = { events: 10_000, length: 16_777_216, parsed: 100 };

/** @throws DataFromNewerVersion, DataDamaged, DatabaseUnusable */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const file = join(options.folder, 'twins.db');
  const database = await openDatabase(file, { durability: 'full' });
  try {
    prepareSchema(database, file, options.log);
    return new EmbeddedStore(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Event log, current state and search in one SQLite file. Appends of one turn of the event loop are one transaction
 * and one disk flush; parsed states are kept in memory up to a bound.
 */
export class EmbeddedStore implements EventLog, StateStore, ThingSearch, HeldEntities {
  readonly archive: EmbeddedArchive;
  readonly directory: EmbeddedDirectory;
  /** What stands beside the log, for who holds it against that. */
  readonly documents: EmbeddedDocuments;
  readonly records: EmbeddedRecords;
  readonly #states: States;
  readonly #recent = new RecentEvents(RECENT);
  readonly #commits: GroupCommit;
  readonly #checkpoints: Checkpoints;
  readonly #search: IndexedSearch;
  /** In memory only: nobody who has read a version lives longer than this process. */
  readonly #guards = new Map<string, number>();
  readonly #listeners = new Set<(events: readonly RecordedEvent[]) => void>();
  readonly #events: EventRows;
  readonly #log: Logger;
  #end: Position;

  constructor(
    private readonly database: Database,
    private readonly options: EmbeddedStoreOptions,
  ) {
    const { cacheBytes = DEFAULT_CACHE_BYTES, unwritten = UNWRITTEN, log, now = Date.now } = options;
    this.#log = log;
    this.#events = new EventRows(database);
    this.#states = new States(database, this.#events, { cacheBytes, unwritten });
    this.archive = new EmbeddedArchive(database, this.#states, this.#events);
    this.#search = new IndexedSearch(this.#states, now, options.indexes);
    this.directory = new EmbeddedDirectory(database, this.#states);
    this.records = new EmbeddedRecords(database);
    this.documents = new EmbeddedDocuments({
      database,
      events: this.#events,
      states: this.#states,
      directory: this.directory,
      changed: (id) => {
        this.#search.changed(id);
      },
    });
    this.#end = this.#events.end();
    this.#checkpoints = new Checkpoints(database);
    this.#commits = new GroupCommit(database, {
      stage: (append, staged) => this.#stage(append, staged),
      staged: (changes) => {
        this.#events.insert(changes, this.#end);
        this.#states.writeDue(this.#end);
      },
      committed: (changes) => {
        this.#committed(changes);
      },
      log,
    });
  }

  append(changes: readonly Change[], guard?: Guard): Promise<void> {
    return this.#commits.append(changes, guard);
  }

  async guardVersion(name: string): Promise<number> {
    return this.#guards.get(name) ?? 0;
  }

  /** Calls with each commit's events, in log order, before the appends' promises resolve. */
  onCommit(listener: (events: readonly RecordedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    if (position >= this.#end) return [];
    const recent = this.#recent.after(position, limit);
    return recent ?? accessing(() => this.#events.after(position, limit)).map(parseRecorded);
  }

  async end(): Promise<Position> {
    return this.#end;
  }

  async history(
    entity: GemelEvent['entity'],
    id: string,
    revisions: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]> {
    return accessing(() => this.#events.history(entity, id, revisions, this.#states.unplaced(entity, id)));
  }

  async thing(id: ThingId): Promise<ThingState | undefined> {
    return this.#states.thing(id);
  }

  async policy(id: PolicyId): Promise<PolicyState | undefined> {
    return this.#states.policy(id);
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

  /** Resolves when no index of the search is being made. */
  indexesSettled(): Promise<void> {
    return this.#search.settled();
  }

  /** Degraded while the disk is full: reads go on. Down while writes are refused for another reason; reads may fail, too. */
  async state(): Promise<PartState> {
    const name = 'store';
    const refusal = this.#commits.refusal();
    if (refusal === undefined) return { name, status: 'UP' };
    return { name, status: refusal.kind === 'full' ? 'DEGRADED' : 'DOWN', reason: refusal.reason };
  }

  held(): ReturnType<HeldEntities['held']> {
    return this.#states.held();
  }

  get meters(): readonly Meter[] {
    return [...this.#commits.meters, ...this.#states.meters, ...this.#search.meters];
  }

  /** Writes what is queued and closes the file, which is then whole without the write-ahead file beside it. */
  async close(): Promise<void> {
    await this.#search.stop();
    await this.#commits.close();
    await this.#checkpoints.settled();
    this.#tidy();
    this.database.close();
  }

  /** Writes the states that are still to be written. */
  writeStates(): void {
    accessing(() => this.#states.writeAll(this.#end));
  }

  /** libsql leaves the write-ahead file when statements are open, and who copies the one file would copy next to nothing. */
  #tidy(): void {
    try {
      this.writeStates();
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // For example a full disk. Nothing is lost: the next start reads both files, and makes what was not written.
      this.#log.warn({ error }, 'states and the write-ahead file of the store are left to the next start');
    }
  }

  /**
   * Writes one append's rows inside the open transaction, those of its events apart.
   * @throws GuardConflict, RevisionConflict before anything of it is written
   */
  #stage(append: Append, staged: Map<string, number>): readonly StagedChange[] {
    this.#checkGuard(append.guard);
    // What one append of the batch is refused for must not count for those behind it; most have one change only.
    const revisions = append.changes.length === 1 ? staged : new Map<string, number>();
    for (const { event } of append.changes) {
      // No id begins like the key of a policy.
      const key = event.entity === 'thing' ? event.id : `policy/${event.id}`;
      const last = revisions.get(key) ?? staged.get(key) ?? this.#states.revision(event.entity, event.id);
      if (event.revision !== last + 1) throw new RevisionConflict(event.id);
      revisions.set(key, event.revision);
    }
    const written = append.changes.map((change) => {
      const eventText = JSON.stringify(change.event);
      this.archive.keepWhenDue(change);
      this.directory.index(change);
      return { change, eventText, stateBytes: this.#states.write(change) };
    });
    if (revisions !== staged) for (const [key, revision] of revisions) staged.set(key, revision);
    // Stays so when the transaction fails: then a guard refuses once too often, and the next try reads its version again.
    if (append.guard !== undefined) this.#guards.set(append.guard.name, append.guard.version + 1);
    return written;
  }

  #checkGuard(guard: Guard | undefined): void {
    if (guard === undefined || guard.version === (this.#guards.get(guard.name) ?? 0)) return;
    throw new GuardConflict(guard.name);
  }

  #committed(changes: readonly StagedChange[]): void {
    const events: RecordedEvent[] = [];
    this.#states.wrote();
    for (const { change, stateBytes } of changes) {
      this.#end += 1;
      events.push({ position: this.#end, event: change.event });
      this.#states.remember(change, stateBytes, this.#end);
      if (change.entity === 'thing') this.#search.changed(change.event.id);
    }
    this.#recent.add(
      events,
      changes.map(({ eventText }) => eventText),
    );
    for (const listener of this.#listeners) this.#tell(listener, events);
    this.#checkpoints.wrote(changes.length);
  }

  #tell(listener: (events: readonly RecordedEvent[]) => void, events: readonly RecordedEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      this.options.log.error({ error }, 'a listener of commits failed');
    }
  }
}
