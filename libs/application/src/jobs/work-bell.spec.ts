import { VirtualTimers } from '@gemel/testkit/memory';
import { WorkBell } from './work-bell.js';

const MS = 1_000;

describe('the bell of a worker', () => {
  const begin = () => {
    const [timers, bell, stop] = [new VirtualTimers(), new WorkBell(), new AbortController()];
    let rests = 0;
    const rest = () => {
      void bell.rest(MS, timers, stop.signal).then(() => (rests += 1));
    };
    return { timers, bell, stop, rest, rests: () => rests };
  };

  it('ends a rest at once, and only one', async () => {
    const { timers, bell, rest, rests } = begin();
    rest();
    await timers.advance(1);
    expect(rests()).toBe(0);
    bell.ring();
    await timers.advance(0);
    expect(rests()).toBe(1);
    rest();
    await timers.advance(MS - 1);
    expect(rests()).toBe(1);
    await timers.advance(1);
    expect(rests()).toBe(2);
  });

  it('is heard when it rang while there was work', async () => {
    const { timers, bell, rest, rests } = begin();
    bell.ring();
    bell.ring();
    rest();
    await timers.advance(0);
    expect(rests()).toBe(1);
  });

  it('keeps nobody who is to stop, before a rest or in it', async () => {
    const { timers, stop, rest, rests } = begin();
    rest();
    stop.abort();
    await timers.advance(0);
    rest();
    await timers.advance(0);
    expect(rests()).toBe(2);
  });
});
