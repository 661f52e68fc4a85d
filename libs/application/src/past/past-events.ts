import type { PastRange } from '@gemel/model/headers';
import { revisionsIn } from '@gemel/model/headers';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { GemelEvent, PolicyEvent, ThingEvent } from '@gemel/model/signals';
import type { EventLog } from '../ports/index.js';

/** Events read at once. */
const PORTION = 100;

/** Reads some events of one entity, both revisions included. */
type Read<Event> = (from: number, to: number) => Promise<readonly Event[]>;

/** Reads the events of an entity's past, as far as they are kept. */
export class PastEvents {
  constructor(private readonly log: Pick<EventLog, 'history'>) {}

  /** Portion by portion, in order. @param last the current revision: what comes later is left out */
  ofThing(id: ThingId, range: PastRange, last: number): AsyncIterable<readonly ThingEvent[]> {
    const read: Read<ThingEvent> = async (from, to) =>
      (await this.#events('thing', id, { from, to })).flatMap((event) => (event.entity === 'thing' ? [event] : []));
    return portions(read, range, last);
  }

  /** As of a thing. */
  ofPolicy(id: PolicyId, range: PastRange, last: number): AsyncIterable<readonly PolicyEvent[]> {
    const read: Read<PolicyEvent> = async (from, to) =>
      (await this.#events('policy', id, { from, to })).flatMap((event) => (event.entity === 'policy' ? [event] : []));
    return portions(read, range, last);
  }

  async #events(
    entity: GemelEvent['entity'],
    id: string,
    range: Parameters<EventLog['history']>[2],
  ): Promise<readonly GemelEvent[]> {
    return (await this.log.history(entity, id, range)).map(({ event }) => event);
  }
}

async function* portions<Event extends GemelEvent>(
  read: Read<Event>,
  range: PastRange,
  last: number,
): AsyncIterable<readonly Event[]> {
  const { from, to } =
    range.by === 'revision' ? revisionsIn(range, last) : { from: await firstAfter(read, range.after, last), to: last };
  const before = range.by === 'time' ? (range.before ?? Infinity) : Infinity;
  for (let next = from; next <= to; next += PORTION) {
    const events = await read(next, Math.min(to, next + PORTION - 1));
    const wanted = events.filter(({ timestamp }) => timestamp < before);
    if (wanted.length > 0) yield wanted;
    if (wanted.length < events.length) return;
  }
}

/** The first revision later than an instant. Those that are not kept any more are the oldest ones. */
async function firstAfter(read: Read<GemelEvent>, after: number, last: number): Promise<number> {
  let low = 1;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await read(middle, middle);
    if (event !== undefined && event.timestamp > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
