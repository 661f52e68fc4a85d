import { MemoryConnections, VirtualTimers } from '@gemel/testkit/memory';
import { ConnectionWatch } from './connection-watch.js';

const silent = () => undefined;

describe('the watch of connections', () => {
  let timers: VirtualTimers;
  let looks: number;
  let change: () => void;
  let stop: () => Promise<void>;

  /** Each look finds something. */
  function watch(restMs = 0): void {
    const store = new MemoryConnections();
    store.connectionsVersion = () => Promise.resolve(looks);
    const all = () => {
      looks++;
      return Promise.resolve([]);
    };
    const watching = new ConnectionWatch({
      ...{ registry: { all }, store, timers, restMs, rules: { unknownMembers: 'ignored' } },
      runner: { apply: silent, stop: () => Promise.resolve() },
      log: { error: silent, warn: silent, info: silent, debug: silent },
      onChange: (listener) => {
        change = listener;
        return silent;
      },
    }).start();
    stop = () => watching.stop();
  }

  beforeEach(() => {
    timers = new VirtualTimers();
    looks = 0;
  });
  afterEach(async () => {
    const stopped = stop();
    await timers.advance(1_000);
    await stopped;
  });

  it('looks once a second, and at once when it is told', async () => {
    watch();
    await timers.advance(900);
    expect(looks).toBe(1);
    change();
    await timers.advance(10);
    expect(looks).toBe(2);
    await timers.advance(1_000);
    expect(looks).toBe(3);
  });

  it('rests between two looks, however often it is told', async () => {
    watch(100);
    for (let n = 0; n < 95; n++) {
      change();
      await timers.advance(10);
    }
    expect(looks).toBe(10);
  });
});
