import type { ConnectionId } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import type { Instant } from '@gemel/model/time';

/** A connection as it is defined at one revision. */
export interface ConnectionRecord {
  readonly id: ConnectionId;
  /** Counts up from 1 with each change, also over a deletion. */
  readonly revision: number;
  readonly created: Instant;
  readonly modified: Instant;
  readonly deleted: boolean;
  /** Ditto's JSON; what of it is secret is locked, or not, by who puts it. */
  readonly definition: JsonObject;
}

/** What operators have told a connection to do, apart from its definition. All of it is a moment; absent means never. */
export interface ConnectionOrders {
  readonly logsSince?: Instant;
  readonly logsUntil?: Instant;
  readonly logsResetAt?: Instant;
  readonly metricsResetAt?: Instant;
}

/**
 * Definitions of connections with all their revisions, and what operators have told them to do. A put is durable when its
 * promise resolves. Read-your-writes.
 */
export interface ConnectionStore {
  /** The last revision, deleted ones included; undefined for an id that never was. @throws StoreUnavailable */
  connection(id: ConnectionId): Promise<ConnectionRecord | undefined>;
  /** Those that are not deleted, in the order of their ids. @throws StoreUnavailable */
  connections(): Promise<readonly ConnectionRecord[]>;
  /** @throws StoreUnavailable */
  pastConnection(id: ConnectionId, revision: number): Promise<ConnectionRecord | undefined>;
  /**
   * The revision must be one above the last (1 for a new id).
   * @throws RevisionConflict another writer was first @throws StoreUnavailable nobody knows whether it was put
   */
  putConnection(record: ConnectionRecord): Promise<void>;
  /** Puts the definition in the place of the same revision's, for another lock. @throws StoreUnavailable */
  relockConnection(record: ConnectionRecord): Promise<void>;
  /** By the ids of the connections that have any. @throws StoreUnavailable */
  connectionOrders(): Promise<ReadonlyMap<string, ConnectionOrders>>;
  /** Takes the place of those before. @throws StoreUnavailable */
  orderConnection(id: ConnectionId, orders: ConnectionOrders): Promise<void>;
  /** Another number after each change of what is read here. @throws StoreUnavailable */
  connectionsVersion(): Promise<number>;
  /** Calls after each change that is made here; of those of other processes the version tells. Answers what ends it. */
  onChange(listener: () => void): () => void;
}

/** How one client of a connection is doing, told by the process that has it open. */
export interface ConnectionReport {
  readonly connectionId: string;
  /** Index of the client, from 0. */
  readonly client: number;
  /** The process. */
  readonly instance: string;
  /** By the clock of the process. */
  readonly at: Instant;
  readonly says: JsonObject;
}

/** A report as others read it. */
export interface PostedReport extends ConnectionReport {
  /** For how long its process has not said that it is there, by the clock of the board; undefined when it never has. */
  readonly silentMs?: number | undefined;
}

/** Where processes tell each other about the connections that they have open. Nothing may depend on what stands there. */
export interface ConnectionBoard {
  /** Each takes the place of the report on the same client. @throws StoreUnavailable */
  postReports(reports: readonly ConnectionReport[]): Promise<void>;
  /** @throws StoreUnavailable */
  reportsOf(connectionId: string): Promise<readonly PostedReport[]>;
  /** Takes away a report when the instance was the one that posted it. @throws StoreUnavailable */
  removeReport(connectionId: string, client: number, instance: string): Promise<void>;
  /** That the process is there now, and what it has posted is so. @throws StoreUnavailable */
  sayPresent(instance: string): Promise<void>;
  /** That the process leaves; nothing when it is not there. @throws StoreUnavailable */
  sayGone(instance: string): Promise<void>;
  /** Processes that have said within so many milliseconds that they are there, by the clock of the board. @throws StoreUnavailable */
  present(withinMs: number): Promise<readonly string[]>;
}
