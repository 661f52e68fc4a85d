import type { JsonValue } from '@gemel/model/json';

/** Kinds of records; keys are unique within one. */
export type RecordKind =
  | 'type-version'
  | 'job'
  | 'job-part'
  | 'mqtt-user'
  | 'blocked-namespace'
  | 'operator-request'
  | 'operator-answer'
  | 'announced';

export interface StoredRecord {
  readonly key: string;
  /** 1 when it was inserted, one more with each replacement. */
  readonly revision: number;
  readonly content: JsonValue;
}

export interface RecordQuery {
  /** How keys begin; empty for any. */
  readonly prefix: string;
  /** Where the keys begin, exclusive. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * What is neither thing nor policy and has no history: each record changes by itself, by comparison. Durable when a promise
 * resolves, and read-your-writes for every replica.
 */
export interface RecordStore {
  record(kind: RecordKind, key: string): Promise<StoredRecord | undefined>;
  /** By key, in the order of code points. */
  records(kind: RecordKind, query: RecordQuery): Promise<readonly StoredRecord[]>;
  /** False when the key is taken. @throws StoreUnavailable it may or may not have taken effect */
  insertRecord(kind: RecordKind, key: string, content: JsonValue): Promise<boolean>;
  /**
   * False when the record has another revision by now, or is not there.
   * @throws StoreUnavailable it may or may not have taken effect
   */
  replaceRecord(kind: RecordKind, key: string, revision: number, content: JsonValue): Promise<boolean>;
  /** Takes records away that are there. @throws StoreUnavailable */
  removeRecords(kind: RecordKind, keys: readonly string[]): Promise<void>;
}
