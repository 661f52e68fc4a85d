import type { BaseState, LogRetention } from '@gemel/application/ports';
import type { PolicyState } from '@gemel/model/policies';
import type { ThingState } from '@gemel/model/things';
import { eventKey } from '@gemel/store-parts';
import type { EntityStates } from '@gemel/store-parts';
import type { Collections, CommitDocument } from './collections.js';
import type { MongoArchive } from './mongo-archive.js';
import type { Questions } from './questions.js';
import { parseEvent } from './state-codec.js';

/** In the place of a removed event, so that the others of its commit keep their positions. */
const REMOVED = '';

/** Removes events from their commits; a commit without any is as one that fills positions nobody used. */
export class MongoRetention implements LogRetention {
  constructor(
    private readonly collections: Pick<Collections, 'commits' | 'pastStates'>,
    private readonly archive: Pick<MongoArchive, 'keep'>,
    private readonly questions: Questions,
    private readonly states: {
      readonly things: Pick<EntityStates<ThingState>, 'write'>;
      readonly policies: Pick<EntityStates<PolicyState>, 'write'>;
    },
  ) {}

  async forget(bases: readonly BaseState[]): Promise<number> {
    await this.archive.keep(bases);
    await this.#write(bases);
    const last = await this.questions.asking(() =>
      this.collections.commits.findOne({ _id: { $gt: 0 } }, { sort: { _id: -1 }, projection: { _id: 1 } }),
    );
    let removed = 0;
    for (const base of bases) removed += await this.#forget(base, last?._id ?? 0);
    return removed;
  }

  /** Nobody can make these states from the log afterwards. */
  async #write(bases: readonly BaseState[]): Promise<void> {
    const things = new Map<string, ThingState>();
    const policies = new Map<string, PolicyState>();
    for (const base of bases) {
      if (base.entity === 'thing') things.set(base.id, base.state);
      else policies.set(base.id, base.state);
    }
    await this.states.things.write(things);
    await this.states.policies.write(policies);
  }

  async #forget(base: BaseState, end: number): Promise<number> {
    const { entity, id, state } = base;
    const range = { $gte: eventKey(entity, id, 0), $lte: eventKey(entity, id, state.revision) };
    const filter = { keys: { $elemMatch: range } };
    const commits = await this.questions.asking(() => this.collections.commits.find(filter).toArray());
    const thinned = commits.map((commit) => withoutEvents(commit, base, end));
    if (thinned.length > 0) {
      const writes = thinned.map(({ _id, keys, events }) => ({
        updateOne: { filter: { _id }, update: { $set: { keys, events } } },
      }));
      await this.questions.repeating(() => this.collections.commits.bulkWrite(writes, { ordered: false }));
    }
    const before = { $gte: eventKey(entity, id, 0), $lt: eventKey(entity, id, state.revision) };
    await this.questions.asking(() => this.collections.pastStates.deleteMany({ _id: before }));
    return thinned.reduce((sum, { removed }) => sum + removed, 0);
  }
}

type Thinned = Pick<CommitDocument, '_id' | 'keys' | 'events'> & { readonly removed: number };

/** The last event of the log stays. @param end its position */
function withoutEvents(commit: CommitDocument, base: BaseState, end: number): Thinned {
  const removedKeys = new Set<string>();
  const events = commit.events.map((text, index) => {
    if (text === REMOVED || commit.first + index === end) return text;
    const { entity, id, revision } = parseEvent(text);
    if (entity !== base.entity || id !== base.id || revision > base.state.revision) return text;
    removedKeys.add(eventKey(entity, id, revision));
    return REMOVED;
  });
  const keys = commit.keys.filter((key) => !removedKeys.has(key));
  const isEmpty = events.every((text) => text === REMOVED);
  return {
    _id: commit._id,
    // A key makes it one of a kind: without one it would count as another commit's missing key.
    keys: keys.length === 0 ? [`gap/${String(commit._id)}`] : keys,
    events: isEmpty ? [] : events,
    removed: removedKeys.size,
  };
}
