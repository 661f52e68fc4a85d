import type { EventReader, Position, ReaderPositions, RecordedEvent } from '@gemel/application/ports';
import type { ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { States } from './states.js';

/** Under which the projection's position is kept; the search index was first to follow the log under this name. */
export const PROJECTION = 'search-parts';

/** Things whose states and keys are written at once: nobody who commits or reads meanwhile waits for all of them. */
const PORTION = 250;
/** Changed things that wait to be written: searches look at them one by one; at far more, and they look at all things. */
const MOST_CHANGED = 3_000;
/** Events that wait for it: a process keeps so many of its own in memory. */
const MOST_EVENTS = 10_000;
/** So long changes wait where nothing changes twice meanwhile, in milliseconds. */
const PATIENCE_MS = 3_000;

/** What things can be found by, kept beside their states. */
export interface ThingIndexer {
  /** Writes what events have changed, given the states after them or later ones. @throws StoreUnavailable */
  index(states: ReadonlyMap<string, ThingState>, changes: ReadonlyMap<string, readonly ThingEvent[]>): Promise<void>;
}

export interface LogProjectionParts {
  readonly states: Pick<States, 'tail' | 'things' | 'policies'>;
  readonly search: ThingIndexer;
  readonly positions: ReaderPositions;
  /** Of the lease under which it works. */
  readonly token: number;
}

/**
 * Writes what follows from the log, as a reader of it: the documents of states and the search index. Many changes of a
 * thing are one write. Until then the tail of the log tells what documents do not.
 */
export class LogProjection implements EventReader {
  readonly name = PROJECTION;
  /** Events of the last batch for each thing in it: the more often few things change, the more events are few writes. */
  #perThing = 1;

  constructor(private readonly parts: LogProjectionParts) {}

  get largestBatch(): number {
    return Math.min(MOST_EVENTS, Math.floor(MOST_CHANGED * this.#perThing));
  }

  /** The longer it waits, the fewer writes are the changes of a thing; where each is of another thing, only searches look at more. */
  get patienceMs(): number {
    return PATIENCE_MS * this.#perThing;
  }

  position(): Promise<Position> {
    return this.parts.positions.readerPosition(this.name);
  }

  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const { states, positions, token } = this.parts;
    const { tail, policies } = states;
    const last = events.at(-1);
    if (last === undefined) return;
    await tail.catchUp();
    await this.#writeThings(events);
    // They were written before the answer, unless their writer died.
    const changed = events.flatMap(({ event }) => (event.entity === 'policy' ? event.id : []));
    if (changed.length > 0) await policies.write(await policies.reader.readSeen([...new Set<string>(changed)]));
    await positions.saveReaderPosition(this.name, last.position, token);
    tail.isWritten(last.position);
  }

  async #writeThings(events: readonly RecordedEvent[]): Promise<void> {
    const { states, search } = this.parts;
    const changes = new Map<string, ThingEvent[]>();
    for (const { event } of events) {
      if (event.entity !== 'thing') continue;
      const ofThing = changes.get(event.id);
      if (ofThing === undefined) changes.set(event.id, [event]);
      else ofThing.push(event);
    }
    const all = [...changes];
    this.#perThing = Math.max(1, events.length / Math.max(1, all.length));
    for (let from = 0; from < all.length; from += PORTION) {
      const portion = new Map(all.slice(from, from + PORTION));
      const after = await states.things.reader.readSeen([...portion.keys()]);
      await states.things.write(after);
      await search.index(after, portion);
    }
  }
}
