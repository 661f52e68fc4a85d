import type { RecordKind, RecordQuery, RecordStore, StoredRecord } from '@gemel/application/ports';
import { parseJson } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import type { Collections, RecordDocument } from './collections.js';
import type { Questions } from './questions.js';

/** Above every key, and after every other character. */
const END = '\u{10FFFF}';

/** Records: one document each under kind and key, replaced by comparison. */
export class RecordDocuments implements RecordStore {
  constructor(
    private readonly collections: Pick<Collections, 'records'>,
    private readonly questions: Questions,
  ) {}

  async record(kind: RecordKind, key: string): Promise<StoredRecord | undefined> {
    const document = await this.questions.asking(() => this.collections.records.findOne({ _id: idOf(kind, key) }));
    return document === null ? undefined : parseDocument(kind, document);
  }

  async records(kind: RecordKind, { prefix, after, limit }: RecordQuery): Promise<readonly StoredRecord[]> {
    const range = { $gte: idOf(kind, prefix), $lt: idOf(kind, prefix + END) };
    const filter = { $and: [{ _id: range }, { _id: { $gt: idOf(kind, after ?? '') } }] };
    const documents = await this.questions.asking(() =>
      this.collections.records.find(filter, { sort: { _id: 1 }, limit }).toArray(),
    );
    return documents.map((document) => parseDocument(kind, document));
  }

  insertRecord(kind: RecordKind, key: string, content: JsonValue): Promise<boolean> {
    const document = { _id: idOf(kind, key), revision: 1, content: JSON.stringify(content) };
    return this.questions.inserting(() => this.collections.records.insertOne(document));
  }

  async replaceRecord(kind: RecordKind, key: string, revision: number, content: JsonValue): Promise<boolean> {
    const filter = { _id: idOf(kind, key), revision };
    const update = { $set: { revision: revision + 1, content: JSON.stringify(content) } };
    const { matchedCount } = await this.questions.once(() => this.collections.records.updateOne(filter, update));
    return matchedCount === 1;
  }

  async removeRecords(kind: RecordKind, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const ids = keys.map((key) => idOf(kind, key));
    await this.questions.asking(() => this.collections.records.deleteMany({ _id: { $in: ids } }));
  }
}

function idOf(kind: RecordKind, key: string): string {
  return `${kind} ${key}`;
}

function parseDocument(kind: RecordKind, { _id, revision, content }: RecordDocument): StoredRecord {
  return { key: _id.slice(kind.length + 1), revision, content: parseJson(content) };
}
