import type { RecordKind, RecordQuery, RecordStore, StoredRecord } from '@gemel/application/ports';
import type { JsonValue } from '@gemel/model/json';

/** Records in memory. */
export class MemoryRecords implements RecordStore {
  readonly #kinds = new Map<RecordKind, Map<string, StoredRecord>>();

  async record(kind: RecordKind, key: string): Promise<StoredRecord | undefined> {
    return this.#of(kind).get(key);
  }

  async records(kind: RecordKind, { prefix, after, limit }: RecordQuery): Promise<readonly StoredRecord[]> {
    return [...this.#of(kind).values()]
      .filter(({ key }) => key.startsWith(prefix) && (after === undefined || compare(key, after) > 0))
      .sort((a, b) => compare(a.key, b.key))
      .slice(0, limit);
  }

  async insertRecord(kind: RecordKind, key: string, content: JsonValue): Promise<boolean> {
    if (this.#of(kind).has(key)) return false;
    this.#of(kind).set(key, { key, revision: 1, content });
    return true;
  }

  async replaceRecord(kind: RecordKind, key: string, revision: number, content: JsonValue): Promise<boolean> {
    if (this.#of(kind).get(key)?.revision !== revision) return false;
    this.#of(kind).set(key, { key, revision: revision + 1, content });
    return true;
  }

  async removeRecords(kind: RecordKind, keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#of(kind).delete(key);
  }

  #of(kind: RecordKind): Map<string, StoredRecord> {
    const known = this.#kinds.get(kind) ?? new Map<string, StoredRecord>();
    this.#kinds.set(kind, known);
    return known;
  }
}

/** By code point, as the bytes of UTF-8 compare. */
function compare(a: string, b: string): number {
  return Buffer.from(a).compare(Buffer.from(b));
}
