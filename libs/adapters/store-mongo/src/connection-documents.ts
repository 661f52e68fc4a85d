import { RevisionConflict } from '@gemel/application/ports';
import type {
  ConnectionBoard,
  ConnectionOrders,
  ConnectionRecord,
  ConnectionReport,
  ConnectionStore,
  PostedReport,
} from '@gemel/application/ports';
import { parseConnectionId } from '@gemel/model/connections';
import type { ConnectionId } from '@gemel/model/connections';
import { isJsonObject, parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { Collections, ConnectionDocument } from './collections.js';
import type { Questions } from './questions.js';

const VERSION = 'connections';
const ORDERS = ['logsSince', 'logsUntil', 'logsResetAt', 'metricsResetAt'] as const;

type Used =
  'connections' | 'pastConnections' | 'connectionOrders' | 'connectionReports' | 'connectionReporters' | 'counters';

interface Heard {
  readonly _id: string;
  readonly silentMs: number;
}

/**
 * Definitions of connections and reports on them. The last revision is one document, replaced by comparison; each revision
 * is written a second time, afterwards, for those who look into the past.
 */
export class ConnectionDocuments implements ConnectionStore, ConnectionBoard {
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly collections: Pick<Collections, Used>,
    private readonly questions: Questions,
  ) {}

  async connection(id: ConnectionId): Promise<ConnectionRecord | undefined> {
    const document = await this.questions.asking(() => this.collections.connections.findOne({ _id: id }));
    return document === null ? undefined : parseRecord(document, document._id);
  }

  async connections(): Promise<readonly ConnectionRecord[]> {
    const documents = await this.questions.asking(() =>
      this.collections.connections.find({ deleted: false }).sort({ _id: 1 }).toArray(),
    );
    return documents.map((document) => parseRecord(document, document._id));
  }

  async pastConnection(id: ConnectionId, revision: number): Promise<ConnectionRecord | undefined> {
    const _id = pastId(id, revision);
    const document = await this.questions.asking(() => this.collections.pastConnections.findOne({ _id }));
    if (document !== null) return parseRecord(document, id);
    // Its writer may have ended before it wrote the second one.
    const last = await this.connection(id);
    return last?.revision === revision ? last : undefined;
  }

  async putConnection(record: ConnectionRecord): Promise<void> {
    const { id, revision } = record;
    const { connections, pastConnections } = this.collections;
    const fields = fieldsOf(record);
    if (!(await this.#follows(id, revision))) throw new RevisionConflict(id);
    const isPut =
      revision === 1
        ? await this.questions.inserting(() => connections.insertOne({ _id: id, ...fields }))
        : (
            await this.questions.once(() =>
              connections.updateOne({ _id: id, revision: revision - 1 }, { $set: fields }),
            )
          ).matchedCount === 1;
    if (!isPut) throw new RevisionConflict(id);
    await this.questions.asking(() =>
      pastConnections.updateOne({ _id: pastId(id, revision) }, { $set: fields }, { upsert: true }),
    );
    await this.#changed();
  }

  async relockConnection(record: ConnectionRecord): Promise<void> {
    const { id, revision } = record;
    const { connections, pastConnections } = this.collections;
    const update = { $set: { definition: JSON.stringify(record.definition) } };
    await this.questions.asking(() => pastConnections.updateOne({ _id: pastId(id, revision) }, update));
    await this.questions.asking(() => connections.updateOne({ _id: id, revision }, update));
    await this.#changed();
  }

  async connectionOrders(): Promise<ReadonlyMap<string, ConnectionOrders>> {
    const documents = await this.questions.asking(() => this.collections.connectionOrders.find().toArray());
    return new Map(documents.map(({ _id, orders }) => [_id, parseOrders(orders)]));
  }

  async orderConnection(id: ConnectionId, orders: ConnectionOrders): Promise<void> {
    const update = { $set: { orders: JSON.stringify(orders) } };
    await this.questions.asking(() =>
      this.collections.connectionOrders.updateOne({ _id: id }, update, { upsert: true }),
    );
    await this.#changed();
  }

  async connectionsVersion(): Promise<number> {
    return (await this.questions.asking(() => this.collections.counters.findOne({ _id: VERSION })))?.value ?? 0;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async postReports(reports: readonly ConnectionReport[]): Promise<void> {
    if (reports.length === 0) return;
    const operations = reports.map(({ connectionId, client, instance, at, says }) => ({
      updateOne: {
        filter: { _id: reportId(connectionId, client) },
        update: { $set: { connectionId, client, instance, at, says: JSON.stringify(says) } },
        upsert: true,
      },
    }));
    await this.questions.asking(() => this.collections.connectionReports.bulkWrite(operations, { ordered: false }));
  }

  async reportsOf(connectionId: string): Promise<readonly PostedReport[]> {
    const documents = await this.questions.asking(() =>
      this.collections.connectionReports.find({ connectionId }).toArray(),
    );
    const heard = new Map(
      (await this.#heard({ _id: { $in: documents.map(({ instance }) => instance) } })).map(({ _id, silentMs }) => [
        _id,
        silentMs,
      ]),
    );
    return documents.map(({ client, instance, at, says }) => ({
      connectionId,
      client,
      instance,
      at,
      says: parseObject(says),
      silentMs: heard.get(instance),
    }));
  }

  async removeReport(connectionId: string, client: number, instance: string): Promise<void> {
    const filter = { _id: reportId(connectionId, client), instance };
    await this.questions.asking(() => this.collections.connectionReports.deleteOne(filter));
  }

  /** By the clock of the database: those of the processes may differ. */
  async sayPresent(instance: string): Promise<void> {
    const update = [{ $set: { seenAt: '$$NOW' } }];
    await this.questions.asking(() =>
      this.collections.connectionReporters.updateOne({ _id: instance }, update, { upsert: true }),
    );
  }

  async sayGone(instance: string): Promise<void> {
    await this.questions.asking(() => this.collections.connectionReporters.deleteOne({ _id: instance }));
  }

  async present(withinMs: number): Promise<readonly string[]> {
    return (await this.#heard({})).filter(({ silentMs }) => silentMs <= withinMs).map(({ _id }) => _id);
  }

  #heard(filter: Readonly<Record<string, unknown>>): Promise<readonly Heard[]> {
    const stages = [{ $match: filter }, { $project: { silentMs: { $subtract: ['$$NOW', '$seenAt'] } } }];
    return this.questions.asking(() => this.collections.connectionReporters.aggregate<Heard>(stages).toArray());
  }

  /** Whether the revision is the one after the last, as far as one can see now. */
  async #follows(id: ConnectionId, revision: number): Promise<boolean> {
    return revision === ((await this.connection(id))?.revision ?? 0) + 1;
  }

  async #changed(): Promise<void> {
    await this.questions.asking(() =>
      this.collections.counters.updateOne({ _id: VERSION }, { $inc: { value: 1 } }, { upsert: true }),
    );
    for (const listener of this.#listeners) listener();
  }
}

function pastId(id: string, revision: number): string {
  return `${id}/${String(revision)}`;
}

function reportId(connectionId: string, client: number): string {
  return `${connectionId}#${String(client)}`;
}

function fieldsOf(record: ConnectionRecord): Omit<ConnectionDocument, '_id'> {
  const { revision, created, modified, deleted, definition } = record;
  return { revision, created, modified, deleted, definition: JSON.stringify(definition) };
}

function parseRecord(document: ConnectionDocument, id: string): ConnectionRecord {
  const { revision, created, modified, deleted, definition } = document;
  return {
    id: parseConnectionId(id),
    revision,
    created,
    modified,
    deleted,
    definition: parseObject(definition),
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
