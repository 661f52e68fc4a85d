import type { EventReader, Position, ReaderPositions, RecordedEvent } from '@gemel/application/ports';
import type { ThingState } from '@gemel/model/things';
import type { Collections } from './collections.js';
import { asking } from './faults.js';
import { searchKeysOf } from './search-keys.js';
import type { StateReader } from './state-reader.js';

/** Under which the index's position is kept. */
export const INDEXER = 'search-index';

export interface SearchIndexerParts {
  readonly collections: Collections;
  readonly things: StateReader<ThingState>;
  readonly positions: ReaderPositions;
  /** Of the lease under which it works. */
  readonly token: number;
}

/** Keeps the search index up with the log, as a reader: many changes of a thing are one change of the index. */
export class SearchIndexer implements EventReader {
  readonly name = INDEXER;

  constructor(private readonly parts: SearchIndexerParts) {}

  position(): Promise<Position> {
    return this.parts.positions.readerPosition(this.name);
  }

  /** States must be at least at the revisions of the events. */
  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const { collections, things, positions, token } = this.parts;
    const ids = [...new Set(events.flatMap(({ event }) => (event.entity === 'thing' ? event.id : [])))];
    const states = await things.readAll(ids);
    const writes = ids.map((_id) => {
      const state = states.get(_id);
      if (state === undefined || state.deleted) return { deleteOne: { filter: { _id } } };
      const update = { $set: { keys: searchKeysOf(state.thing) } };
      return { updateOne: { filter: { _id }, update, upsert: true } };
    });
    if (writes.length > 0) await asking(() => collections.search.bulkWrite(writes, { ordered: false }));
    const last = events.at(-1);
    if (last !== undefined) await positions.saveReaderPosition(this.name, last.position, token);
  }
}
