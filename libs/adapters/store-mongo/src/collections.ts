import type { Connection } from 'mongoose';

type Db = NonNullable<Connection['db']>;
type Collection<Document extends object> = ReturnType<typeof collectionOf<Document>>;

/**
 * One commit: events that are in the log together or not at all. Its `_id` is the position of its last event; it takes
 * up the positions from `first` on. A commit without events fills positions that their writer never used.
 */
export interface CommitDocument {
  readonly _id: number;
  readonly first: number;
  /** Of whoever wrote it, different for each try, so that a writer finds out what became of a lost answer. */
  readonly writer: string;
  /** Entity and revision of each event, and guards with their versions; unique over all commits. */
  readonly keys: readonly string[];
  /** As JSON text, which no database can change. */
  readonly events: readonly string[];
}

/** The state after an entity's last event; written after the commit, and repaired from the log when that was not done. */
export interface StateDocument {
  readonly _id: string;
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
  /** The thing or policy as JSON text. */
  readonly content: string;
}

/** A policy's state, and whom and what it names as of a revision; see mongo-directory.ts. */
export interface PolicyDocument extends StateDocument {
  readonly subjects?: readonly string[];
  readonly imports?: readonly string[];
  readonly named?: number;
  readonly due?: number | null;
}

/** What a thing can be found by in one part of it; see search-parts.ts. */
export interface SearchDocument {
  readonly _id: string;
  /** Of the state that the keys were made from. */
  readonly revision: number;
  readonly keys: readonly string[];
}

export interface LeaseDocument {
  readonly _id: string;
  readonly holder: string;
  readonly token: number;
  readonly beat: number;
}

export interface ReaderDocument {
  readonly _id: string;
  readonly position: number;
  readonly token: number;
}

export interface PresenceDocument {
  /** The process. */
  readonly _id: string;
  readonly at: number;
  /** As JSON text. */
  readonly says: string;
}

export interface ConnectionDocument {
  readonly _id: string;
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
  /** As JSON text. */
  readonly definition: string;
}

/** Every revision; `_id` is the connection's id, a slash, the revision. */
export type PastConnectionDocument = ConnectionDocument;

export interface ConnectionOrdersDocument {
  readonly _id: string;
  /** As JSON text. */
  readonly orders: string;
}

export interface ConnectionReportDocument {
  readonly _id: string;
  readonly connectionId: string;
  readonly client: number;
  readonly instance: string;
  readonly at: number;
  /** As JSON text. */
  readonly says: string;
}

/** A process that posts reports on connections. */
export interface ConnectionReporterDocument {
  readonly _id: string;
  /** By the clock of the database. */
  readonly seenAt: Date;
}

/** What is neither thing nor policy; see record-documents.ts. */
export interface RecordDocument {
  /** Kind and key. */
  readonly _id: string;
  readonly revision: number;
  /** As JSON text. */
  readonly content: string;
}

/** A number that only grows. */
export interface CounterDocument {
  readonly _id: string;
  readonly value: number;
  /** Of positions: commits among them that change policies; see `PolicyGeneration`. */
  readonly policies?: number;
}

/** The native collections; the hot paths go without mongoose's documents. */
export interface Collections {
  readonly commits: Collection<CommitDocument>;
  readonly things: Collection<StateDocument>;
  readonly policies: Collection<PolicyDocument>;
  readonly pastStates: Collection<StateDocument>;
  readonly search: Collection<SearchDocument>;
  readonly leases: Collection<LeaseDocument>;
  readonly readers: Collection<ReaderDocument>;
  readonly counters: Collection<CounterDocument>;
  readonly presences: Collection<PresenceDocument>;
  readonly connections: Collection<ConnectionDocument>;
  readonly pastConnections: Collection<PastConnectionDocument>;
  readonly connectionOrders: Collection<ConnectionOrdersDocument>;
  readonly connectionReports: Collection<ConnectionReportDocument>;
  readonly connectionReporters: Collection<ConnectionReporterDocument>;
  readonly records: Collection<RecordDocument>;
}

export function collectionsOf(db: Db): Collections {
  return {
    commits: collectionOf(db, 'commits'),
    things: collectionOf(db, 'things'),
    policies: collectionOf(db, 'policies'),
    pastStates: collectionOf(db, 'pastStates'),
    search: collectionOf(db, 'search_parts'),
    leases: collectionOf(db, 'leases'),
    readers: collectionOf(db, 'readers'),
    counters: collectionOf(db, 'counters'),
    presences: collectionOf(db, 'presences'),
    connections: collectionOf(db, 'connections'),
    pastConnections: collectionOf(db, 'pastConnections'),
    connectionOrders: collectionOf(db, 'connectionOrders'),
    connectionReports: collectionOf(db, 'connectionReports'),
    connectionReporters: collectionOf(db, 'connectionReporters'),
    records: collectionOf(db, 'records'),
  };
}

/** Those of whatever client is in use when they are asked for. */
export function currentCollections(current: () => Collections): Collections {
  return {
    get commits() {
      return current().commits;
    },
    get things() {
      return current().things;
    },
    get policies() {
      return current().policies;
    },
    get pastStates() {
      return current().pastStates;
    },
    get search() {
      return current().search;
    },
    get leases() {
      return current().leases;
    },
    get readers() {
      return current().readers;
    },
    get counters() {
      return current().counters;
    },
    get presences() {
      return current().presences;
    },
    get connections() {
      return current().connections;
    },
    get pastConnections() {
      return current().pastConnections;
    },
    get connectionOrders() {
      return current().connectionOrders;
    },
    get connectionReports() {
      return current().connectionReports;
    },
    get connectionReporters() {
      return current().connectionReporters;
    },
    get records() {
      return current().records;
    },
  };
}

function collectionOf<Document extends object>(db: Db, name: string) {
  return db.collection<Document>(name);
}
