import { duplicatesOf } from './faults.js';
import { stateFields } from './state-codec.js';
import { StateReader } from './state-reader.js';
import type { StateReaderParts } from './state-reader.js';

/** Documents written at once: nobody who commits or reads meanwhile waits for all of them. */
const PORTION = 250;

interface AnyState {
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
}

export interface EntityStatesParts<State> extends StateReaderParts<State> {
  /** What the document can be found by, besides. */
  readonly fieldsOf?: (state: State) => object;
}

/** The current states of one kind of entity: a document each, which follows the log and never goes back. */
export class EntityStates<State extends AnyState> {
  readonly reader: StateReader<State>;

  constructor(private readonly parts: EntityStatesParts<State>) {
    this.reader = new StateReader(parts);
  }

  /** Writes committed states, the last one of each entity. @throws StoreUnavailable */
  async write(states: ReadonlyMap<string, State>): Promise<void> {
    // In one order everywhere, so that two replicas do not wait for each other.
    const inOrder = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
    for (let from = 0; from < inOrder.length; from += PORTION) await this.#write(inOrder.slice(from, from + PORTION));
  }

  async #write(states: readonly (readonly [id: string, state: State])[]): Promise<void> {
    const writes = states.map(([_id, state]) => {
      const fields = { ...stateFields(state, this.parts.contentOf(state)), ...this.parts.fieldsOf?.(state) };
      const filter = { _id, revision: { $lt: state.revision } };
      return { updateOne: { filter, update: { $set: fields }, upsert: true } };
    });
    await this.parts.questions.repeating(async () => {
      try {
        await this.parts.collection().bulkWrite(writes, { ordered: false });
      } catch (error) {
        // A newer state is there already; inserting was only tried because it did not match.
        duplicatesOf(error);
      }
    });
  }
}
