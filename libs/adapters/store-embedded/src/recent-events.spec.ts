import type { RecordedEvent } from '@gemel/application/ports';
import { thingChange } from '@gemel/testkit/contracts';
import fc from 'fast-check';
import { RecentEvents } from './recent-events.js';

/** Of an event as text. */
const LENGTH = 1_000;
const LARGE = { events: 10, length: 100 * LENGTH, parsed: 3 };

/** As one commit. */
function add(recent: RecentEvents, all: readonly number[], length = LENGTH): void {
  const events = all.map((position) => ({ position, event: thingChange('a:x', position).event }));
  recent.add(
    events,
    events.map(({ event }) => JSON.stringify(event).padEnd(length)),
  );
}

function positions(events: readonly RecordedEvent[] | undefined): readonly number[] | undefined {
  return events?.map(({ position }) => position);
}

describe('RecentEvents', () => {
  it('gives what follows a position it reaches back to', () => {
    const recent = new RecentEvents(LARGE);
    expect(recent.after(0, 5)).toBeUndefined();
    for (const position of [7, 8, 9]) add(recent, [position]);
    expect(positions(recent.after(6, 2))).toEqual([7, 8]);
    expect(positions(recent.after(8, 5))).toEqual([9]);
    expect(positions(recent.after(9, 5))).toEqual([]);
    expect(recent.after(5, 5)).toBeUndefined();
  });

  it.each([
    ['number', { events: 5, length: 1_000 * LENGTH, parsed: 2 }],
    ['size', { events: 1_000, length: 5 * LENGTH, parsed: 2 }],
  ])('holds the newest, bounded by their %s', (_name, limits) => {
    const recent = new RecentEvents(limits);
    for (let position = 1; position <= 100; position++) {
      add(recent, [position]);
      expect(recent.after(position - 11, 1)).toBeUndefined();
      expect(positions(recent.after(Math.max(0, position - 5), 10))).toHaveLength(Math.min(5, position));
    }
  });

  it('holds nothing that alone is too large', () => {
    const recent = new RecentEvents({ ...LARGE, length: LENGTH });
    add(recent, [1], 10 * LENGTH);
    expect(recent.after(0, 1)).toBeUndefined();
    add(recent, [2], LENGTH / 2);
    expect(positions(recent.after(1, 1))).toEqual([2]);
  });

  it('gives the events that were committed, whether it holds them parsed or as texts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
        fc.nat(40),
        fc.integer({ min: 1, max: 40 }),
        (commits, position, limit) => {
          const recent = new RecentEvents({ ...LARGE, events: 8 });
          let end = 0;
          for (const size of commits) {
            add(
              recent,
              Array.from({ length: size }, (_, index) => end + 1 + index),
            );
            end += size;
          }
          const found = recent.after(position, limit);
          if (found === undefined) expect(position).toBeLessThan(end - 8);
          else {
            const last = Math.min(end, position + limit);
            const expected = Array.from({ length: Math.max(0, last - position) }, (_, index) => position + 1 + index);
            expect(found).toEqual(expected.map((each) => ({ position: each, event: thingChange('a:x', each).event })));
          }
        },
      ),
    );
  });
});
