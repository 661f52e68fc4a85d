import { leavesOf } from '@gemel/model/history';
import type { Clock, EventReader, HistoryStore, Point, Position, RecordedEvent } from '../ports/index.js';
import { TagSets } from './tag-sets.js';
import type { TagsOfThings } from './tags-of-things.js';

/** What an operator watches of the history's writing. */
export interface HistorianMetrics {
  /** A batch was stored: its points, and how far behind the present its last event was, in milliseconds. */
  written(points: number, lagMs: number): void;
}

/**
 * Writes every leaf that events set as a point. Points and position go in one step, so that a crash neither loses nor
 * doubles any; a value that changes its type keeps both types in its series.
 */
export class Historian implements EventReader {
  readonly name = 'history';
  readonly #tagSets = new TagSets();

  constructor(
    private readonly history: HistoryStore,
    private readonly tags: TagsOfThings,
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
    for (const { event } of events) {
      if (event.entity !== 'thing') continue;
      const after = this.tags.after(event);
      const tags = this.#tagSets.of(event, after instanceof Promise ? await after : after);
      for (const { path, field, value, time } of leavesOf(event)) {
        points.push({ thingId: event.id, path, field, tags, time, value });
      }
    }
    await this.history.write(points, last.position);
    this.metrics.written(points.length, Math.max(0, this.clock.now() - last.event.timestamp));
  }
}
