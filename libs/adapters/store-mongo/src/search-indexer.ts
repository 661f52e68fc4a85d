import type { EventReader, Position, ReaderPositions, RecordedEvent } from '@gemel/application/ports';
import type { ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { Collections } from './collections.js';
import { duplicatesOf } from './faults.js';
import type { Questions } from './questions.js';
import { keysOfThing, partKey, partsOf, touchedParts } from './search-parts.js';
import type { PartName } from './search-parts.js';
import type { StateReader } from './state-reader.js';

/** Things whose parts are written at once: nobody who commits or reads meanwhile waits for all of them. */
const PORTION = 250;

/** Under which the index's position is kept. */
export const INDEXER = 'search-parts';

export interface SearchIndexerParts {
  readonly collections: Collections;
  readonly questions: Questions;
  readonly things: StateReader<ThingState>;
  readonly positions: ReaderPositions;
  /** Of the lease under which it works. */
  readonly token: number;
}

type Write = Parameters<Collections['search']['bulkWrite']>[0][number];

/**
 * Keeps the search index up with the log, as a reader: many changes of a thing are one change of the index, and only the
 * parts that were changed are written. A part never goes back to what an earlier state had.
 */
export class SearchIndexer implements EventReader {
  readonly name = INDEXER;

  constructor(private readonly parts: SearchIndexerParts) {}

  position(): Promise<Position> {
    return this.parts.positions.readerPosition(this.name);
  }

  /** States must be at least at the revisions of the events. */
  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const { things, positions, token } = this.parts;
    const changes = new Map<string, ThingEvent[]>();
    for (const { event } of events) {
      if (event.entity !== 'thing') continue;
      const ofThing = changes.get(event.id);
      if (ofThing === undefined) changes.set(event.id, [event]);
      else ofThing.push(event);
    }
    for (const portion of portionsOf([...changes])) {
      const states = await things.readAll(portion.map(([id]) => id));
      const writes = portion.flatMap(([id, ofThing]) => {
        const state = states.get(id);
        return state === undefined ? [] : writesOf(state, ofThing);
      });
      if (writes.length > 0) await this.#write(writes);
    }
    const last = events.at(-1);
    if (last !== undefined) await positions.saveReaderPosition(this.name, last.position, token);
  }

  async #write(writes: readonly Write[]): Promise<void> {
    const { collections, questions } = this.parts;
    await questions.asking(async () => {
      try {
        await collections.search.bulkWrite(writes, { ordered: false });
      } catch (error) {
        // What is newer is there already; inserting was only tried because it did not match.
        duplicatesOf(error);
      }
    });
  }
}

function* portionsOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += PORTION) yield items.slice(from, from + PORTION);
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
