import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { ArchiveBound, BaseState, Change, StateArchive } from '@gemel/application/ports';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import { storedContent } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { eventKey } from '@gemel/store-parts';
import type { Collections, StateDocument } from './collections.js';
import type { Questions } from './questions.js';
import { parsePolicyState, parseThingState, stateFields } from './state-codec.js';

/** Kept states of the past: a document each, under the key of the event that led to it. */
export class MongoArchive implements StateArchive {
  constructor(
    private readonly collections: Pick<Collections, 'pastStates'>,
    private readonly questions: Questions,
  ) {}

  /** Those of the committed changes that are due; the same again does nothing. @throws StoreUnavailable */
  async keepDue(changes: readonly Change[]): Promise<void> {
    await this.keep(changes.filter(isArchived).map(baseOf));
  }

  /** @throws StoreUnavailable */
  async keep(bases: readonly BaseState[]): Promise<void> {
    if (bases.length === 0) return;
    const writes = bases.map((base) => {
      const { _id, ...fields } = documentOf(base);
      return { updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } };
    });
    await this.questions.repeating(() => this.collections.pastStates.bulkWrite(writes, { ordered: false }));
  }

  async pastThing(id: ThingId, bound: ArchiveBound): Promise<ThingState | undefined> {
    const document = await this.#newest('thing', id, bound);
    return document === null ? undefined : parseThingState(document);
  }

  async pastPolicy(id: PolicyId, bound: ArchiveBound): Promise<PolicyState | undefined> {
    const document = await this.#newest('policy', id, bound);
    return document === null ? undefined : parsePolicyState(document);
  }

  #newest(entity: GemelEvent['entity'], id: string, { revision, before }: ArchiveBound): Promise<StateDocument | null> {
    const filter = {
      _id: { $gte: eventKey(entity, id, 0), $lte: eventKey(entity, id, Math.min(revision, Number.MAX_SAFE_INTEGER)) },
      ...(before === undefined ? undefined : { modified: { $lt: before } }),
    };
    return this.questions.asking(() => this.collections.pastStates.findOne(filter, { sort: { _id: -1 } }));
  }
}

/** Whether the state after the change is kept for good. */
export function isArchived({ event }: Change): boolean {
  return event.revision % ARCHIVED_EVERY === 0;
}

function baseOf(change: Change): BaseState {
  return change.entity === 'thing'
    ? { entity: 'thing', id: change.event.id, state: change.state }
    : { entity: 'policy', id: change.event.id, state: change.state };
}

function documentOf(base: BaseState): StateDocument {
  const { entity, id, state } = base;
  const content = base.entity === 'thing' ? storedContent(base.state) : base.state.policy;
  return { _id: eventKey(entity, id, state.revision), ...stateFields(state, content) };
}
