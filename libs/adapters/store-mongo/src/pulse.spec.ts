import { vi } from 'vitest';
import { Pulse } from './pulse.js';

describe('Pulse', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('beats less often while nobody else commits, and at once as often as before when somebody does', () => {
    const beats: number[] = [];
    let foreign = 0;
    const begun = Date.now();
    const pulse = new Pulse({ beat: () => beats.push(Date.now() - begun), foreign: () => foreign });
    pulse.start();
    vi.advanceTimersByTime(1_000);
    expect(beats.slice(0, 3)).toEqual([40, 90, 152]);
    const [before = 0, last = 0] = beats.slice(-2);
    expect(last - before).toBe(120);
    beats.length = 0;
    foreign = 1;
    vi.advanceTimersByTime(200);
    const [first = 0, second = 0] = beats;
    expect(second - first).toBe(40);
    pulse.stop();
    beats.length = 0;
    vi.advanceTimersByTime(1_000);
    expect(beats).toEqual([]);
  });
});
