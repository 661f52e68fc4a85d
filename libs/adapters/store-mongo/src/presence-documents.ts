import type { PresenceBoard, PresenceRecord } from '@gemel/application/ports';
import { isJsonObject, parseJson } from '@gemel/model/json';
import type { Collections } from './collections.js';
import type { Questions } from './questions.js';

/** Notes of presence: one document for each process, which says what it says as JSON text. */
export class PresenceDocuments implements PresenceBoard {
  constructor(
    private readonly collections: Pick<Collections, 'presences'>,
    private readonly questions: Questions,
  ) {}

  async leave({ instance, at, says }: PresenceRecord): Promise<void> {
    const fields = { at, says: JSON.stringify(says) };
    await this.questions.asking(() =>
      this.collections.presences.updateOne({ _id: instance }, { $set: fields }, { upsert: true }),
    );
  }

  async notes(): Promise<readonly PresenceRecord[]> {
    const documents = await this.questions.asking(() => this.collections.presences.find().toArray());
    return documents.map(({ _id: instance, at, says }) => {
      const said = parseJson(says);
      return { instance, at, says: isJsonObject(said) ? said : {} };
    });
  }

  async remove(instances: readonly string[]): Promise<void> {
    if (instances.length === 0) return;
    await this.questions.asking(() => this.collections.presences.deleteMany({ _id: { $in: [...instances] } }));
  }
}
