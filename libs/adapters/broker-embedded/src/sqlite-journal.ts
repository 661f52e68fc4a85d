import { join } from 'node:path';

import type { Logger } from '@gemel/application/ports';
import { inTransaction, openDatabase } from '@gemel/sqlite';
import type { Database, Statement } from '@gemel/sqlite';

import type { Change, Journal, Kept } from './journal.js';
import { prepareBrokerSchema } from './journal-schema.js';
import { loadKept } from './load-kept.js';

/** How long a change that nobody waits for may stay in memory, in milliseconds. */
const LAZY_MS = 100;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes the journal to SQLite: what is noted in one turn of the event loop is one transaction and one flush to disk. */
export class SqliteJournal implements Journal {
  readonly #statements: Statements;
  #changes: Change[] = [];
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  #isFailing = false;
  #isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {
    this.#statements = prepareStatements(database);
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  load(): Kept {
    return loadKept(this.database);
  }

  note(change: Change): void {
    if (this.#isClosed) return;
    this.#changes.push(change);
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, LAZY_MS).unref();
  }

  written(): Promise<void> {
    if (this.#changes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#isDue) return;
      this.#isDue = true;
      setImmediate(() => {
        if (!this.#isClosed) this.#flush();
      });
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.database.close();
  }

  /** What cannot be written stays noted, and goes with the next. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      if (this.#changes.length > 0) this.#write();
      this.#changes = [];
      this.#isFailing = false;
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      if (!this.#isFailing) this.log.error({ error }, 'what the MQTT broker keeps cannot be written');
      this.#isFailing = true;
      for (const { reject } of waiting) reject(error);
    }
  }

  #write(): void {
    inTransaction(this.database, () => {
      for (const change of this.#changes) apply(change, this.#statements);
    });
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: Database): Readonly<Record<StatementName, Statement>> {
  return {
    session: database.prepare('INSERT INTO sessions (client, owner) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    endSession: database.prepare('DELETE FROM sessions WHERE client = ?'),
    endSubscriptions: database.prepare('DELETE FROM subscriptions WHERE client = ?'),
    endDeliveries: database.prepare('DELETE FROM deliveries WHERE client = ?'),
    endIncoming: database.prepare('DELETE FROM incoming WHERE client = ?'),
    subscribe: database.prepare('INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)'),
    unsubscribe: database.prepare('DELETE FROM subscriptions WHERE client = ? AND filter = ?'),
    queue: database.prepare('INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, NULL, 0)'),
    sent: database.prepare('UPDATE deliveries SET message_id = ?, released = ? WHERE number = ?'),
    delivered: database.prepare('DELETE FROM deliveries WHERE number = ?'),
    incoming: database.prepare('INSERT OR IGNORE INTO incoming VALUES (?, ?)'),
    endOneIncoming: database.prepare('DELETE FROM incoming WHERE client = ? AND message_id = ?'),
    retain: database.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)'),
    endRetained: database.prepare('DELETE FROM retained WHERE topic = ?'),
    will: database.prepare('INSERT OR REPLACE INTO wills VALUES (?, ?, ?, ?, ?, ?, ?)'),
    endWill: database.prepare('DELETE FROM wills WHERE client = ?'),
  };
}

type StatementName =
  | 'session'
  | 'endSession'
  | 'endSubscriptions'
  | 'endDeliveries'
  | 'endIncoming'
  | 'subscribe'
  | 'unsubscribe'
  | 'queue'
  | 'sent'
  | 'delivered'
  | 'incoming'
  | 'endOneIncoming'
  | 'retain'
  | 'endRetained'
  | 'will'
  | 'endWill';

function apply(change: Change, sql: Statements): void {
  switch (change.kind) {
    case 'session':
      sql.session.run(change.clientId, change.owner);
      return;
    case 'session-ended':
      for (const end of [sql.endSession, sql.endSubscriptions, sql.endDeliveries, sql.endIncoming]) {
        end.run(change.clientId);
      }
      return;
    case 'subscribed':
      sql.subscribe.run(change.clientId, change.filter, change.qos);
      return;
    case 'unsubscribed':
      sql.unsubscribe.run(change.clientId, change.filter);
      return;
    case 'queued': {
      const { topic, payload, qos } = change.message;
      sql.queue.run(change.number, change.clientId, topic, payload, qos);
      return;
    }
    case 'sent':
      sql.sent.run(change.messageId ?? null, change.isReleased ? 1 : 0, change.number);
      return;
    case 'delivered':
      sql.delivered.run(change.number);
      return;
    default:
      applyToOthers(change, sql);
  }
}

type OfDelivery = 'session' | 'session-ended' | 'subscribed' | 'unsubscribed' | 'queued' | 'sent' | 'delivered';

function applyToOthers(change: Exclude<Change, { readonly kind: OfDelivery }>, sql: Statements): void {
  switch (change.kind) {
    case 'incoming':
      sql.incoming.run(change.clientId, change.messageId);
      return;
    case 'incoming-ended':
      sql.endOneIncoming.run(change.clientId, change.messageId);
      return;
    case 'retained': {
      const { topic, payload, qos } = change.message;
      sql.retain.run(topic, payload, qos);
      return;
    }
    case 'retained-ended':
      sql.endRetained.run(change.topic);
      return;
    case 'will': {
      const { topic, payload, qos, retain } = change.message;
      const subjects = JSON.stringify(change.subjects);
      sql.will.run(change.clientId, change.username, subjects, topic, payload, qos, retain ? 1 : 0);
      return;
    }
    case 'will-ended':
      sql.endWill.run(change.clientId);
  }
}

/**
 * The journal in `broker.db` of an existing folder.
 * @throws DatabaseUnusable, BrokerDataFromNewerVersion
 */
export async function openSqliteJournal(folder: string, log: Logger): Promise<SqliteJournal> {
  const file = join(folder, 'broker.db');
  const database = await openDatabase(file, { durability: 'full' });
  try {
    prepareBrokerSchema(database, file);
    return new SqliteJournal(database, log);
  } catch (error) {
    database.close();
    throw error;
  }
}
