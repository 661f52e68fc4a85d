import { LeaseLost } from '@gemel/application/ports';
import type { LeaseRecord, LeaseStore, Position, ReaderPositions } from '@gemel/application/ports';
import { BatchedReads } from '@gemel/store-parts';
import { BatchedReplacements } from './batched-replacements.js';
import type { Collections, LeaseDocument } from './collections.js';
import type { Questions } from './questions.js';

interface Replacement {
  readonly name: string;
  readonly expected: LeaseRecord;
  readonly next: LeaseRecord;
}

/**
 * Leases and positions of readers: one document each, replaced by comparison. What is asked of several leases in one turn
 * is one question: a process with a hundred connections renews a hundred leases each second.
 */
export class LeaseDocuments implements LeaseStore, ReaderPositions {
  readonly #reads: BatchedReads<LeaseRecord>;
  readonly #replacements: BatchedReplacements<Replacement>;

  constructor(
    private readonly collections: Pick<Collections, 'leases' | 'readers'>,
    private readonly questions: Questions,
  ) {
    this.#reads = new BatchedReads((names) => this.#read(names));
    this.#replacements = new BatchedReplacements({
      nameOf: ({ name }) => name,
      replaceAll: (replacements) => this.#replaceAll(replacements),
    });
  }

  lease(name: string): Promise<LeaseRecord | undefined> {
    return this.#reads.read(name);
  }

  replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    if (expected !== undefined) return this.#replacements.replace({ name, expected, next });
    return this.questions.inserting(() => this.collections.leases.insertOne({ _id: name, ...fieldsOf(next) }));
  }

  async readerPosition(reader: string): Promise<Position> {
    return (await this.questions.asking(() => this.collections.readers.findOne({ _id: reader })))?.position ?? 0;
  }

  async saveReaderPosition(reader: string, position: Position, token: number): Promise<void> {
    const filter = { _id: reader, token: { $lte: token } };
    const update = { $set: { position, token } };
    // Where a higher token stands, nothing matches, and the id is taken.
    const isSaved = await this.questions.inserting(() =>
      this.collections.readers.updateOne(filter, update, { upsert: true }),
    );
    if (!isSaved) throw new LeaseLost(reader);
  }

  async #read(names: readonly string[]): Promise<ReadonlyMap<string, LeaseRecord>> {
    const documents = await this.questions.asking(() =>
      this.collections.leases.find({ _id: { $in: [...names] } }).toArray(),
    );
    return new Map(documents.map((document) => [document._id, recordOf(document)]));
  }

  async #replaceAll(replacements: readonly Replacement[]): Promise<readonly boolean[]> {
    const writes = replacements.map(({ name, expected, next }) => ({
      updateOne: { filter: { _id: name, ...fieldsOf(expected) }, update: { $set: fieldsOf(next) } },
    }));
    const { matchedCount } = await this.questions.once(() =>
      this.collections.leases.bulkWrite(writes, { ordered: false }),
    );
    if (matchedCount === 0 || matchedCount === writes.length) return replacements.map(() => matchedCount > 0);
    // Which ones is not told. Nobody else writes what these wrote: holder, token and beat are of one process and moment.
    const records = await this.#read(replacements.map(({ name }) => name));
    return replacements.map(({ name, next }) => isSame(records.get(name), next));
  }
}

function recordOf({ holder, token, beat }: LeaseDocument): LeaseRecord {
  return { holder, token, beat };
}

function fieldsOf({ holder, token, beat }: LeaseRecord): LeaseRecord {
  return { holder, token, beat };
}

function isSame(a: LeaseRecord | undefined, b: LeaseRecord): boolean {
  return a?.holder === b.holder && a.token === b.token && a.beat === b.beat;
}
