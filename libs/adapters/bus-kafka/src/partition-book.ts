import type { Position, RecordedEvent } from '@gemel/application/ports';

/** An event and where it stands in its partition. */
export interface PlacedEvent {
  /** Last offset that is done with when the event is: a message may hold several, and is done with the last of them. */
  readonly offset: string;
  readonly recorded: RecordedEvent;
}

/** Messages of one partition that came together. */
export interface Arrival {
  readonly partition: number;
  readonly events: readonly PlacedEvent[];
  /** Offset of the last message, whether it was an event or not. */
  readonly lastOffset: string;
}

/** What waits to be handled, oldest arrival first, and how far each partition was handled in this session. */
export interface PartitionBook {
  readonly waiting: readonly Arrival[];
  readonly handled: ReadonlyMap<number, Position>;
}

/** What is handled in one go, in log order. */
export interface GatheredBatch {
  readonly events: readonly RecordedEvent[];
  readonly parts: readonly BatchPart[];
}

/** A partition's share of a batch. */
export interface BatchPart {
  readonly partition: number;
  readonly count: number;
  /** Last offset that is done with once the batch is handled. */
  readonly lastOffset: string;
  /** Nothing of the arrival is left. */
  readonly isLast: boolean;
  /** Undefined when there was no new event. */
  readonly position: Position | undefined;
}

export const EMPTY_BOOK: PartitionBook = { waiting: [], handled: new Map() };

/** Takes in an arrival without the events that were seen. A partition has one at a time. */
export function arrive(book: PartitionBook, arrival: Arrival): { book: PartitionBook; duplicates: number } {
  let last = book.handled.get(arrival.partition) ?? 0;
  const fresh = arrival.events.filter(({ recorded: { position } }) => {
    if (position <= last) return false;
    last = position;
    return true;
  });
  const waiting = [...book.waiting, { ...arrival, events: fresh }];
  return { book: { ...book, waiting }, duplicates: arrival.events.length - fresh.length };
}

/** The oldest of what waits, `limit` events at most; undefined when nothing does. */
export function gather(book: PartitionBook, limit: number): GatheredBatch | undefined {
  if (book.waiting.length === 0) return undefined;
  const events: RecordedEvent[] = [];
  const parts: BatchPart[] = [];
  for (const arrival of book.waiting) {
    const taken = arrival.events.slice(0, limit - events.length);
    const last = taken.at(-1);
    const isLast = taken.length === arrival.events.length;
    if (!isLast && last === undefined) break;
    for (const { recorded } of taken) events.push(recorded);
    parts.push({
      partition: arrival.partition,
      count: taken.length,
      lastOffset: isLast || last === undefined ? arrival.lastOffset : last.offset,
      isLast,
      position: last?.recorded.position,
    });
    if (!isLast) break;
  }
  if (parts.length > 1) events.sort((a, b) => a.position - b.position);
  return { events, parts };
}

/** After a batch was handled. */
export function settle(book: PartitionBook, { parts }: GatheredBatch): PartitionBook {
  const handled = new Map(book.handled);
  for (const { partition, position } of parts) if (position !== undefined) handled.set(partition, position);
  const rest = book.waiting.slice(parts.length);
  const cut = parts.at(-1);
  const arrival = book.waiting[parts.length - 1];
  if (cut === undefined || cut.isLast || arrival === undefined) return { waiting: rest, handled };
  return { waiting: [{ ...arrival, events: arrival.events.slice(cut.count) }, ...rest], handled };
}

/** What waited comes again, perhaps elsewhere; what was handled is still known. */
export function forget(book: PartitionBook): PartitionBook {
  return { ...book, waiting: [] };
}
