import type { PastRange } from '@gemel/model/headers';
import { revisionsIn } from '@gemel/model/headers';
import type { ThingId } from '@gemel/model/ids';
import type { ThingEvent } from '@gemel/model/signals';
import type { EventLog } from '../ports/index.js';

/** Events read at once. */
const PORTION = 100;

/** Reads the events of a thing's past, as far as they are kept. */
export class PastEvents {
  constructor(private readonly log: Pick<EventLog, 'history'>) {}

  /** Portion by portion, in order. @param last the current revision: what comes later is left out */
  async *ofThing(id: ThingId, range: PastRange, last: number): AsyncIterable<readonly ThingEvent[]> {
    const { from, to } =
      range.by === 'revision'
        ? revisionsIn(range, last)
        : { from: await this.#firstAfter(id, range.after, last), to: last };
    const before = range.by === 'time' ? (range.before ?? Infinity) : Infinity;
    for (let next = from; next <= to; next += PORTION) {
      const events = await this.#events(id, next, Math.min(to, next + PORTION - 1));
      const wanted = events.filter(({ timestamp }) => timestamp < before);
      if (wanted.length > 0) yield wanted;
      if (wanted.length < events.length) return;
    }
  }

  /** The first revision later than an instant. Those that are not kept any more are the oldest ones. */
  async #firstAfter(id: ThingId, after: number, last: number): Promise<number> {
    let low = 1;
    let high = last + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [event] = await this.#events(id, middle, middle);
      if (event !== undefined && event.timestamp > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  async #events(id: ThingId, from: number, to: number): Promise<readonly ThingEvent[]> {
    const recorded = await this.log.history('thing', id, { from, to });
    return recorded.flatMap(({ event }) => (event.entity === 'thing' ? [event] : []));
  }
}
