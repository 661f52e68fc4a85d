import { LeaseLost } from '@gemel/application/ports';
import type { LeaseRecord, LeaseStore, Position, ReaderPositions } from '@gemel/application/ports';
import type { Collections } from './collections.js';
import { isDuplicateKey } from './faults.js';
import type { Questions } from './questions.js';

/** Leases and positions of readers: one document each, replaced by comparison. */
export class LeaseDocuments implements LeaseStore, ReaderPositions {
  constructor(
    private readonly collections: Pick<Collections, 'leases' | 'readers'>,
    private readonly questions: Questions,
  ) {}

  async lease(name: string): Promise<LeaseRecord | undefined> {
    const document = await this.questions.asking(() => this.collections.leases.findOne({ _id: name }));
    if (document === null) return undefined;
    const { holder, token, beat } = document;
    return { holder, token, beat };
  }

  async replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    const { leases } = this.collections;
    const { holder, token, beat } = next;
    const fields = { holder, token, beat };
    if (expected === undefined) return this.#inserted(() => leases.insertOne({ _id: name, ...fields }));
    const filter = { _id: name, holder: expected.holder, token: expected.token, beat: expected.beat };
    const { matchedCount } = await this.questions.once(() => leases.updateOne(filter, { $set: fields }));
    return matchedCount === 1;
  }

  async readerPosition(reader: string): Promise<Position> {
    return (await this.questions.asking(() => this.collections.readers.findOne({ _id: reader })))?.position ?? 0;
  }

  async saveReaderPosition(reader: string, position: Position, token: number): Promise<void> {
    const filter = { _id: reader, token: { $lte: token } };
    const update = { $set: { position, token } };
    // Where a higher token stands, nothing matches, and the id is taken.
    const isSaved = await this.#inserted(() => this.collections.readers.updateOne(filter, update, { upsert: true }));
    if (!isSaved) throw new LeaseLost(reader);
  }

  /** False when the id is taken. */
  async #inserted(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.questions.once(work);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}
