import type { RecordedEvent } from '@gemel/application/ports';
import { thingChange } from '@gemel/testkit/contracts';
import { RecentEvents } from './recent-events.js';

function recorded(position: number): RecordedEvent {
  return { position, event: thingChange('a:x', position).event };
}

function positions(events: readonly RecordedEvent[] | undefined): readonly number[] | undefined {
  return events?.map(({ position }) => position);
}

describe('RecentEvents', () => {
  it('gives what follows a position it reaches back to', () => {
    const recent = new RecentEvents({ events: 10, bytes: 1_000 });
    expect(recent.after(0, 5)).toBeUndefined();
    for (const position of [7, 8, 9]) recent.add(recorded(position), 1);
    expect(positions(recent.after(6, 2))).toEqual([7, 8]);
    expect(positions(recent.after(8, 5))).toEqual([9]);
    expect(positions(recent.after(9, 5))).toEqual([]);
    expect(recent.after(5, 5)).toBeUndefined();
  });

  it.each([
    ['number', { events: 5, bytes: 1_000 }, 1],
    ['size', { events: 1_000, bytes: 50 }, 10],
  ])('holds the newest, bounded by their %s', (_name, limits, bytes) => {
    const recent = new RecentEvents(limits);
    for (let position = 1; position <= 100; position++) {
      recent.add(recorded(position), bytes);
      expect(recent.after(position - 11, 1)).toBeUndefined();
      expect(positions(recent.after(Math.max(0, position - 5), 10))).toHaveLength(Math.min(5, position));
    }
  });

  it('holds nothing that alone is too large', () => {
    const recent = new RecentEvents({ events: 10, bytes: 10 });
    recent.add(recorded(1), 100);
    expect(recent.after(0, 1)).toBeUndefined();
    recent.add(recorded(2), 1);
    expect(positions(recent.after(1, 1))).toEqual([2]);
  });
});
