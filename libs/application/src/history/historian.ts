import { leavesOf, tagsAfter, tagsOf } from '@gemel/model/history';
import type { ThingTags } from '@gemel/model/history';
import type { ThingId } from '@gemel/model/ids';
import type { Clock, EventReader, HistoryStore, Point, Position, RecordedEvent, StateStore } from '../ports/index.js';
import { TagSets } from './tag-sets.js';

/** What an operator watches of the history's writing. */
export interface HistorianMetrics {
  /** A batch was stored: its points, and how far behind the present its last event was, in milliseconds. */
  written(points: number, lagMs: number): void;
}

/** Things whose tags are kept in memory; the one that was silent longest goes first. */
const REMEMBERED_THINGS = 20_000;

/**
 * Writes every leaf that events set as a point. Points and position go in one step, so that a crash neither loses nor
 * doubles any; a value that changes its type keeps both types in its series.
 *
 * Tags come from the events themselves; of a thing not seen since the start, from its state. The state may be newer than
 * the event when the reader lags behind at a start: then a point takes the tags of today.
 */
export class Historian implements EventReader {
  readonly name = 'history';
  /** In order of last use. */
  readonly #tags = new Map<ThingId, ThingTags>();
  readonly #tagSets = new TagSets();

  constructor(
    private readonly history: HistoryStore,
    private readonly states: StateStore,
    private readonly clock: Clock,
    private readonly metrics: HistorianMetrics,
  ) {}

  position(): Promise<Position> {
    return this.history.position();
  }

  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    const points: Point[] = [];
    // Remembered only once the batch is stored: a batch that comes again starts from the same tags.
    const tags = new Map<ThingId, ThingTags>();
    for (const { event } of events) {
      if (event.entity !== 'thing') continue;
      const before = tags.get(event.id) ?? this.#tags.get(event.id) ?? (await this.#storedTags(event.id));
      const after = tagsAfter(event, before);
      tags.set(event.id, after);
      const seriesTags = this.#tagSets.of(event, after);
      for (const { path, field, value, time } of leavesOf(event)) {
        points.push({ thingId: event.id, path, field, tags: seriesTags, time, value });
      }
    }
    await this.history.write(points, last.position);
    this.#remember(tags);
    this.metrics.written(points.length, Math.max(0, this.clock.now() - last.event.timestamp));
  }

  async #storedTags(id: ThingId): Promise<ThingTags> {
    const state = await this.states.thing(id);
    return state === undefined || state.deleted ? {} : tagsOf(state.thing);
  }

  #remember(tags: ReadonlyMap<ThingId, ThingTags>): void {
    for (const [id, value] of tags) {
      this.#tags.delete(id);
      this.#tags.set(id, value);
    }
    for (const oldest of this.#tags.keys()) {
      if (this.#tags.size <= REMEMBERED_THINGS) break;
      this.#tags.delete(oldest);
    }
  }
}
