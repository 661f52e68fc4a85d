import type { PolicyState } from '@gemel/model/policies';
import { storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import type { StateDocuments } from '@gemel/store-parts';
import type { Collections, StateDocument } from './collections.js';
import { duplicatesOf } from './faults.js';
import { policyFields } from './mongo-directory.js';
import type { Questions } from './questions.js';
import { parsePolicyState, parseThingState, stateFields } from './state-codec.js';

interface AnyState {
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
}

interface DocumentsParts<State> {
  /** Asked for anew for each question. */
  readonly collection: () => Collections['things'];
  readonly questions: Questions;
  readonly parse: (document: StateDocument) => State;
  /** Everything of the document but its id. */
  readonly fieldsOf: (state: State) => Omit<StateDocument, '_id'>;
}

/** The documents of things and policies. */
export function mongoDocuments(
  collections: Pick<Collections, 'things' | 'policies'>,
  questions: Questions,
): { readonly things: StateDocuments<ThingState>; readonly policies: StateDocuments<PolicyState> } {
  return {
    things: new MongoDocuments<ThingState>({
      collection: () => collections.things,
      questions,
      parse: parseThingState,
      fieldsOf: (state) => stateFields(state, storedContent(state)),
    }),
    policies: new MongoDocuments<PolicyState>({
      collection: () => collections.policies,
      questions,
      parse: parsePolicyState,
      fieldsOf: (state) => ({ ...stateFields(state, state.policy), ...policyFields(state) }),
    }),
  };
}

class MongoDocuments<State extends AnyState> implements StateDocuments<State> {
  constructor(private readonly parts: DocumentsParts<State>) {}

  async find(ids: readonly string[]): Promise<ReadonlyMap<string, State>> {
    const filter = { _id: { $in: [...ids] } };
    const documents = await this.parts.questions.asking(() => this.parts.collection().find(filter).toArray());
    return new Map(documents.map((document) => [document._id, this.parts.parse(document)]));
  }

  async write(states: readonly (readonly [id: string, state: State])[]): Promise<void> {
    const writes = states.map(([_id, state]) => {
      const filter = { _id, revision: { $lt: state.revision } };
      return { updateOne: { filter, update: { $set: this.parts.fieldsOf(state) }, upsert: true } };
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
