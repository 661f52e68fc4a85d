import { vi } from 'vitest';
import { endAtExpiry } from './end-at-expiry.js';
import { EventStream } from './event-stream.js';

describe('endAtExpiry', () => {
  const clock = { now: () => 0 };
  let stream: EventStream;
  beforeEach(() => {
    vi.useFakeTimers();
    stream = new EventStream(() => undefined);
    // Somebody reads.
    stream.resume();
  });
  afterEach(() => {
    stream.destroy();
    vi.useRealTimers();
  });

  it.each([
    [-1, 0],
    [1_000, 1_000],
    [3_000_000_000, 3_000_000_000],
  ])('of %d ends it after %d ms', (expiry, ms) => {
    const ended = vi.spyOn(stream, 'end');
    const time = { now: 0 };
    endAtExpiry(stream, expiry, { now: () => time.now });
    for (const step of [ms / 2, ms / 2]) {
      expect(ended).toHaveBeenCalledTimes(ms === 0 ? 1 : 0);
      time.now += step;
      vi.advanceTimersByTime(step);
    }
    expect(ended.mock.calls.length).toBeGreaterThan(0);
  });

  it('leaves no timer behind', () => {
    endAtExpiry(stream, 1_000, clock);
    stream.destroy();
    stream.emit('close');
    expect(vi.getTimerCount()).toBe(0);
  });
});
