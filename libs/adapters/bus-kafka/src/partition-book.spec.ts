import { thingChange } from '@gemel/testkit/contracts';
import fc from 'fast-check';
import { EMPTY_BOOK, arrive, forget, gather, settle } from './partition-book.js';
import type { Arrival, PartitionBook } from './partition-book.js';

/** Positions of a partition's events, at offsets from `from` on. */
function arrival(partition: number, positions: readonly number[], from = 0): Arrival {
  const events = positions.map((position, index) => ({
    offset: String(from + index),
    recorded: { position, event: thingChange(`a:${String(partition)}`, position).event },
  }));
  return { partition, events, lastOffset: String(from + positions.length - 1) };
}

const bookOf = (...arrivals: readonly Arrival[]) =>
  arrivals.reduce<PartitionBook>((book, each) => arrive(book, each).book, EMPTY_BOOK);
const positionsOf = (batch: ReturnType<typeof gather>) => batch?.events.map(({ position }) => position);

describe('partition book', () => {
  it('has nothing to handle when nothing came', () => {
    expect(gather(EMPTY_BOOK, 10)).toBeUndefined();
  });

  it('gathers what came from all partitions into one batch in log order', () => {
    const batch = gather(bookOf(arrival(0, [1, 4]), arrival(1, [2, 3, 5])), 10);
    expect(positionsOf(batch)).toEqual([1, 2, 3, 4, 5]);
    expect(batch?.parts).toMatchObject([
      { partition: 0, lastOffset: '1', isLast: true },
      { partition: 1, lastOffset: '2', isLast: true },
    ]);
  });

  it('cuts what is too much for a batch, and goes on there', () => {
    const book = bookOf(arrival(0, [1, 4], 10), arrival(1, [2, 3, 5], 20));
    const first = gather(book, 3);
    expect(positionsOf(first)).toEqual([1, 2, 4]);
    expect(first?.parts.at(-1)).toEqual({ partition: 1, count: 1, lastOffset: '20', isLast: false, position: 2 });
    const second = gather(settle(book, first ?? { events: [], parts: [] }), 3);
    expect(positionsOf(second)).toEqual([3, 5]);
    expect(second?.parts).toMatchObject([{ partition: 1, lastOffset: '22', isLast: true }]);
  });

  it('leaves an arrival alone for which there is no room', () => {
    const batch = gather(bookOf(arrival(0, [1, 2]), arrival(1, [3])), 2);
    expect(batch?.parts).toHaveLength(1);
  });

  it('drops what was handled, and what comes twice in one arrival', () => {
    const book = bookOf(arrival(0, [1, 2]));
    const batch = gather(book, 10);
    const next = arrive(settle(book, batch ?? { events: [], parts: [] }), arrival(0, [1, 2, 3, 3, 2, 4], 2));
    expect(next.duplicates).toBe(4);
    expect(positionsOf(gather(next.book, 10))).toEqual([3, 4]);
  });

  it('lets offsets pass that hold nothing new', () => {
    const book = settle(
      bookOf(arrival(0, [1, 2])),
      gather(bookOf(arrival(0, [1, 2])), 10) ?? { events: [], parts: [] },
    );
    const batch = gather(arrive(book, arrival(0, [1, 2], 2)).book, 10);
    expect(batch).toEqual({
      events: [],
      parts: [{ partition: 0, count: 0, lastOffset: '3', isLast: true, position: undefined }],
    });
  });

  it('gives up what waits and still knows what was handled', () => {
    const book = bookOf(arrival(0, [1, 2, 3]));
    const cut = settle(book, gather(book, 2) ?? { events: [], parts: [] });
    const again = arrive(forget(cut), arrival(0, [1, 2, 3]));
    expect(again.duplicates).toBe(2);
    expect(positionsOf(gather(again.book, 10))).toEqual([3]);
  });

  it('brings every event of every partition once and in order, however it is cut and repeated', () => {
    const sizes = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 6 }), fc.nat(4)), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 7 }), (steps, limit) => {
        let position = 0;
        let book = EMPTY_BOOK;
        const sent = new Map<number, number[]>();
        const brought: number[] = [];
        for (const [partition, count, repeated] of steps) {
          const before = sent.get(partition) ?? [];
          const fresh = Array.from({ length: count }, () => (position += 1));
          const offset = Math.max(0, before.length - repeated);
          book = arrive(book, arrival(partition, [...before.slice(offset), ...fresh], offset)).book;
          sent.set(partition, [...before, ...fresh]);
          for (let batch = gather(book, limit); batch !== undefined; batch = gather(book, limit)) {
            expect(batch.events.length).toBeLessThanOrEqual(limit);
            brought.push(...batch.events.map((event) => event.position));
            book = settle(book, batch);
          }
        }
        expect(brought).toEqual([...sent.values()].flat().toSorted((a, b) => a - b));
      }),
    );
  });
});
