import { changeSecrets, printConnection } from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import { SecretUnreadable } from '../ports/index.js';
import type { Clock, ConnectionRecord, ConnectionStore, SecretLock } from '../ports/index.js';

export interface RegistryParts {
  readonly store: ConnectionStore;
  readonly lock: SecretLock;
  readonly clock: Clock;
}

/** A connection as it is stored, with its secrets in the clear; undefined when their key is not known. */
export interface KnownConnection extends ConnectionRecord {
  readonly isReadable: boolean;
}

/** Of those that are there now, or of their past revisions. */
interface RelockCounts {
  readonly processed: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Definitions of connections whose secrets nobody sees in the store. */
export class ConnectionRegistry {
  constructor(private readonly parts: RegistryParts) {}

  /** Undefined when it is deleted or never was. */
  async find(id: ConnectionId): Promise<KnownConnection | undefined> {
    const record = await this.parts.store.connection(id);
    return record === undefined || record.deleted ? undefined : this.#unlocked(record);
  }

  async all(): Promise<readonly KnownConnection[]> {
    return (await this.parts.store.connections()).map((record) => this.#unlocked(record));
  }

  /** 0 for an id that never was. */
  async lastRevision(id: ConnectionId): Promise<number> {
    return (await this.parts.store.connection(id))?.revision ?? 0;
  }

  /** Deleted ones included. */
  async past(id: ConnectionId, revision: number): Promise<KnownConnection | undefined> {
    const record = await this.parts.store.pastConnection(id, revision);
    return record && this.#unlocked(record);
  }

  /**
   * Puts a definition as the next revision.
   * @param previous what it takes the place of; undefined for a new connection
   * @throws RevisionConflict
   */
  async put(
    id: ConnectionId,
    definition: JsonObject,
    previous: ConnectionRecord | undefined,
  ): Promise<KnownConnection> {
    const now = this.parts.clock.now();
    // A connection may have had the ID before.
    const last = previous ?? (await this.parts.store.connection(id));
    const record = {
      id,
      revision: (last?.revision ?? 0) + 1,
      created: previous?.created ?? now,
      modified: now,
      deleted: false,
      definition: printConnection(definition),
    };
    await this.parts.store.putConnection(this.#locked(record));
    return { ...record, isReadable: true };
  }

  /** @throws RevisionConflict */
  async remove(record: ConnectionRecord): Promise<number> {
    const revision = record.revision + 1;
    const removed = { ...record, revision, modified: this.parts.clock.now(), deleted: true, definition: {} };
    await this.parts.store.putConnection(removed);
    return revision;
  }

  /** Locks anew what is locked with an old key, or not at all, in past revisions, too. @param isDryRun only counts */
  async relock(isDryRun: boolean): Promise<{ readonly snapshots: RelockCounts; readonly journal: RelockCounts }> {
    const { store } = this.parts;
    const snapshots = { processed: 0, skipped: 0, failed: 0 };
    const journal = { processed: 0, skipped: 0, failed: 0 };
    for (const record of await store.connections()) {
      snapshots[await this.#relock(record, isDryRun)]++;
      for (let revision = 1; revision < record.revision; revision++) {
        const past = await store.pastConnection(record.id, revision);
        if (past !== undefined) journal[await this.#relock(past, isDryRun)]++;
      }
    }
    return { snapshots, journal };
  }

  async #relock(record: ConnectionRecord, isDryRun: boolean): Promise<keyof RelockCounts> {
    if (!this.#isStale(record)) return 'skipped';
    const known = this.#unlocked(record);
    if (!known.isReadable) return 'failed';
    if (!isDryRun) await this.parts.store.relockConnection(this.#locked(known));
    return 'processed';
  }

  #locked({ id, revision, created, modified, deleted, definition }: ConnectionRecord): ConnectionRecord {
    const locked = changeSecrets(definition, (text) => this.parts.lock.lock(text));
    return { id, revision, created, modified, deleted, definition: locked };
  }

  #unlocked(record: ConnectionRecord): KnownConnection {
    try {
      const definition = changeSecrets(record.definition, (text) => this.parts.lock.unlock(text));
      return { ...record, definition, isReadable: true };
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      return { ...record, isReadable: false };
    }
  }

  #isStale({ definition }: ConnectionRecord): boolean {
    let isStale = false;
    changeSecrets(definition, (text) => {
      isStale ||= this.parts.lock.isStale(text);
      return text;
    });
    return isStale;
  }
}
