import type { ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { ThingIndexer } from '@gemel/store-parts';
import type { Collections } from './collections.js';
import { duplicatesOf } from './faults.js';
import type { Questions } from './questions.js';
import { keysOfThing, partKey, partsOf, touchedParts } from './search-parts.js';
import type { PartName } from './search-parts.js';

type Write = Parameters<Collections['search']['bulkWrite']>[0][number];

/**
 * Keeps the search index up with the states: only the parts that were changed are written. A part never goes back to what
 * an earlier state had.
 */
export class SearchIndexer implements ThingIndexer {
  constructor(
    private readonly collections: Pick<Collections, 'search'>,
    private readonly questions: Questions,
  ) {}

  async index(
    states: ReadonlyMap<string, ThingState>,
    changes: ReadonlyMap<string, readonly ThingEvent[]>,
  ): Promise<void> {
    const writes = [...changes].flatMap(([id, events]) => {
      const state = states.get(id);
      return state === undefined ? [] : writesOf(state, events);
    });
    if (writes.length === 0) return;
    await this.questions.asking(async () => {
      try {
        await this.collections.search.bulkWrite(writes, { ordered: false });
      } catch (error) {
        // What is newer is there already; inserting was only tried because it did not match.
        duplicatesOf(error);
      }
    });
  }
}

function writesOf(state: ThingState, events: readonly ThingEvent[]): readonly Write[] {
  const { thing, revision } = state;
  const ofThing = keysOfThing(thing.thingId);
  if (state.deleted) return [{ deleteMany: { filter: { _id: ofThing, revision: { $lte: revision } } } }];

  const touched = new Set<PartName>();
  let isWhole = false;
  for (const event of events) {
    const parts = touchedParts(event, thing);
    if (parts === 'all') isWhole = true;
    else for (const part of parts) touched.add(part);
  }
  const there = partsOf(thing);
  const set = (part: PartName, keys: readonly string[]): Write => {
    const filter = { _id: partKey(thing.thingId, part), revision: { $lte: revision } };
    return { updateOne: { filter, update: { $set: { revision, keys } }, upsert: true } };
  };
  if (isWhole) {
    const writes = [...there].map(([part, keys]) => set(part, keys()));
    const isNew = events.some((event) => event.revision === 1);
    const others = { deleteMany: { filter: { _id: ofThing, revision: { $lt: revision } } } };
    return isNew ? writes : [...writes, others];
  }
  return [...touched].map((part) => {
    const keys = there.get(part);
    if (keys !== undefined) return set(part, keys());
    return { deleteOne: { filter: { _id: partKey(thing.thingId, part), revision: { $lte: revision } } } };
  });
}
