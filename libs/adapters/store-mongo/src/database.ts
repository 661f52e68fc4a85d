import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@gemel/application/ports';
import type { Connection } from 'mongoose';
import { CONNECT_MS, DatabaseUnusable, HEARTBEAT_MS, closeClient, openClient } from './client.js';
import type { MongoAddress } from './client.js';
import { collectionsOf, currentCollections } from './collections.js';
import type { Collections } from './collections.js';
import { DriverWatch } from './driver-watch.js';
import { ANSWER_MS, Questions } from './questions.js';

const RETRY_MS = 500;
const PING_MS = 2_000;

export interface DatabaseOptions extends MongoAddress {
  /** How long who asks waits for a server that cannot be reached, in milliseconds. */
  readonly unreachedMs: number;
  readonly log: Logger;
}

interface Client {
  readonly connection: Connection;
  readonly collections: Collections;
  readonly watch: DriverWatch;
}

/**
 * One database and the driver's client for it, which is replaced when it stands still. What is under way on the old one
 * goes on until nobody waits for it any more; everything that is asked from then on goes to the new one.
 */
export class Database {
  /** To be asked anew for each question. */
  readonly collections: Collections = currentCollections(() => this.#client.collections);
  readonly questions: Questions;
  #client: Client;
  #replacing: Promise<void> | undefined;
  #replaced = 0;
  readonly #retired = new Set<Connection>();
  readonly #closing = new AbortController();

  /** @param connection that is open; it is this one's from now on */
  constructor(
    connection: Connection,
    private readonly options: DatabaseOptions,
  ) {
    this.questions = new Questions(options.unreachedMs);
    this.#client = this.#watched(connection);
  }

  /** Of the client in use. */
  get connection(): Connection {
    return this.#client.connection;
  }

  /** How often the client was replaced. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Whether the server answers within two seconds. */
  async isReachable(): Promise<boolean> {
    try {
      // Not aborted: that would break a connection, which is taken for a sign that the server is gone.
      await this.questions.answered(async () => this.connection.db?.command({ ping: 1 }), { limitMs: PING_MS });
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#client.watch.stop();
    await Promise.all([this.#replacing, ...[this.connection, ...this.#retired].map(closeClient)]);
  }

  #watched(connection: Connection): Client {
    const { db } = connection;
    if (db === undefined) throw new DatabaseUnusable('MongoDB was disconnected at once.');
    const limits = { heartbeatMs: HEARTBEAT_MS, connectMs: CONNECT_MS, answerMs: ANSWER_MS };
    const signs = {
      broke: () => {
        this.questions.broke();
      },
      reached: () => {
        this.questions.reached();
      },
      stuck: (reason: string) => {
        this.#replacing ??= this.#replace(reason).finally(() => (this.#replacing = undefined));
      },
    };
    return {
      connection,
      collections: collectionsOf(db),
      watch: new DriverWatch(connection.getClient(), limits, signs),
    };
  }

  async #replace(reason: string): Promise<void> {
    const { log } = this.options;
    log.warn({ reason }, 'the client of MongoDB stands still; opens another one');
    const next = await this.#openNext();
    if (next === undefined) return;
    const old = this.#client;
    this.#client = this.#watched(next);
    this.#replaced += 1;
    this.#retire(old);
    // Who waits for the old one is better off with the new one.
    this.questions.broke();
    log.info({ replaced: this.#replaced }, 'another client of MongoDB is in use');
  }

  /** Again and again until the server is there; undefined when this was closed meanwhile. */
  async #openNext(): Promise<Connection | undefined> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const connection = await openClient(this.options, this.options.unreachedMs);
        if (!this.#closing.signal.aborted) return connection;
        await closeClient(connection);
      } catch (error) {
        this.options.log.debug({ error }, 'could not open another client of MongoDB; tries again');
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** What it was asked has been answered or given up by then. */
  #retire({ connection, watch }: Client): void {
    watch.stop();
    this.#retired.add(connection);
    const close = () => {
      this.#retired.delete(connection);
      void closeClient(connection);
    };
    setTimeout(close, ANSWER_MS).unref();
  }
}
