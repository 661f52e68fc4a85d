import { LeaseLost, RevisionConflict } from '@gemel/application/ports';
import type {
  ConnectionOrders,
  ConnectionRecord,
  ConnectionStore,
  Position,
  ReaderPositions,
} from '@gemel/application/ports';
import { parseConnectionId } from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import { isJsonObject, parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { inTransaction } from '@gemel/sqlite';
import type { Database, Row, Statement } from '@gemel/sqlite';
import { accessing } from './accessing.js';

/** connections: every revision. positions: of those who read the log for connections. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS connections (
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (id, revision)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS connection_orders (id TEXT PRIMARY KEY, orders TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS positions (
    reader TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    token INTEGER NOT NULL
  ) WITHOUT ROWID;`;

const ORDERS = ['logsSince', 'logsUntil', 'logsResetAt', 'metricsResetAt'] as const;

/** Definitions of connections, and up to where their targets have published, in a file of their own. */
export class EmbeddedConnections implements ConnectionStore, ReaderPositions {
  readonly #statements: Readonly<
    Record<'last' | 'all' | 'past' | 'put' | 'relock' | 'orders' | 'order' | 'position' | 'savePosition', Statement>
  >;
  readonly #listeners = new Set<() => void>();
  #version = 0;

  constructor(private readonly database: Database) {
    database.exec(TABLES);
    const latest = 'revision = (SELECT max(revision) FROM connections AS others WHERE others.id = connections.id)';
    const statements = {
      last: 'SELECT * FROM connections WHERE id = ? ORDER BY revision DESC LIMIT 1',
      all: `SELECT * FROM connections WHERE ${latest} AND deleted = 0 ORDER BY id`,
      past: 'SELECT * FROM connections WHERE id = ? AND revision = ?',
      put: 'INSERT INTO connections (id, revision, created, modified, deleted, definition) VALUES (?, ?, ?, ?, ?, ?)',
      relock: 'UPDATE connections SET definition = ? WHERE id = ? AND revision = ?',
      orders: 'SELECT id, orders FROM connection_orders',
      order: 'INSERT OR REPLACE INTO connection_orders (id, orders) VALUES (?, ?)',
      position: 'SELECT position, token FROM positions WHERE reader = ?',
      savePosition: 'INSERT OR REPLACE INTO positions (reader, position, token) VALUES (?, ?, ?)',
    };
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.#statements = {
      last: prepare(statements.last),
      all: prepare(statements.all),
      past: prepare(statements.past),
      put: prepare(statements.put),
      relock: prepare(statements.relock),
      orders: prepare(statements.orders),
      order: prepare(statements.order),
      position: prepare(statements.position),
      savePosition: prepare(statements.savePosition),
    };
  }

  async connection(id: ConnectionId): Promise<ConnectionRecord | undefined> {
    return this.#last(id);
  }

  async connections(): Promise<readonly ConnectionRecord[]> {
    return accessing(() => this.#statements.all.all()).map(parseRecord);
  }

  async pastConnection(id: ConnectionId, revision: number): Promise<ConnectionRecord | undefined> {
    const row = accessing(() => this.#statements.past.get(id, revision));
    return row && parseRecord(row);
  }

  async putConnection(record: ConnectionRecord): Promise<void> {
    const { id, revision, created, modified, deleted, definition } = record;
    this.#durably(() => {
      if (revision !== (this.#last(id)?.revision ?? 0) + 1) throw new RevisionConflict(id);
      this.#statements.put.run(id, revision, created, modified, Number(deleted), JSON.stringify(definition));
    });
    this.#changed();
  }

  async relockConnection({ id, revision, definition }: ConnectionRecord): Promise<void> {
    this.#durably(() => this.#statements.relock.run(JSON.stringify(definition), id, revision));
    this.#changed();
  }

  async connectionOrders(): Promise<ReadonlyMap<string, ConnectionOrders>> {
    const rows = accessing(() => this.#statements.orders.all());
    return new Map(rows.map(({ id, orders }) => [String(id), parseOrders(String(orders))]));
  }

  async orderConnection(id: ConnectionId, orders: ConnectionOrders): Promise<void> {
    accessing(() => this.#statements.order.run(id, JSON.stringify(orders)));
    this.#changed();
  }

  async connectionsVersion(): Promise<number> {
    return this.#version;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async readerPosition(reader: string): Promise<Position> {
    return Number(accessing(() => this.#statements.position.get(reader))?.['position'] ?? 0);
  }

  /** A power cut may take the last ones away: what was published after them is published again. */
  async saveReaderPosition(reader: string, position: Position, token: number): Promise<void> {
    accessing(() => {
      if (Number(this.#statements.position.get(reader)?.['token'] ?? 0) > token) throw new LeaseLost(reader);
      this.#statements.savePosition.run(reader, position, token);
    });
  }

  close(): void {
    this.database.close();
  }

  #last(id: ConnectionId): ConnectionRecord | undefined {
    const row = accessing(() => this.#statements.last.get(id));
    return row && parseRecord(row);
  }

  /** On disk when it returns; positions need not be. */
  #durably(work: () => void): void {
    accessing(() => {
      this.database.exec('PRAGMA synchronous=FULL');
      try {
        inTransaction(this.database, work);
      } finally {
        this.database.exec('PRAGMA synchronous=NORMAL');
      }
    });
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

function parseRecord(row: Row): ConnectionRecord {
  return {
    id: parseConnectionId(String(row['id'])),
    revision: Number(row['revision']),
    created: Number(row['created']),
    modified: Number(row['modified']),
    deleted: Number(row['deleted']) !== 0,
    definition: parseObject(String(row['definition'])),
  };
}

function parseOrders(text: string): ConnectionOrders {
  const orders = parseObject(text);
  return Object.fromEntries(ORDERS.flatMap((name) => (typeof orders[name] === 'number' ? [[name, orders[name]]] : [])));
}

function parseObject(text: string): JsonObject {
  const json = parseJson(text);
  return isJsonObject(json) ? json : {};
}
