import { thingChange, turns } from '@gemel/testkit/contracts';
import { LeaseLost, StoreUnavailable } from '../ports/index.js';
import type { EventReader, Position, RecordedEvent } from '../ports/index.js';
import { EventRelay, RELAY } from './event-relay.js';

const events = (...positions: readonly Position[]): readonly RecordedEvent[] =>
  positions.map((position) => ({ position, event: thingChange('a:x', position).event }));

function open() {
  const published: Position[] = [];
  const saved: Position[] = [];
  let stored = 0;
  let wake: (() => void)[] = [];
  const state = { isHeld: true, refusal: undefined as Error | undefined };
  const bus = {
    publish: (batch: readonly RecordedEvent[]) => {
      published.push(...batch.map(({ position }) => position));
      return Promise.resolve();
    },
  };
  const positions = {
    readerPosition: () => Promise.resolve(stored),
    saveReaderPosition: (_reader: string, position: Position) => {
      if (state.refusal !== undefined) return Promise.reject(state.refusal);
      stored = position;
      saved.push(position);
      return Promise.resolve();
    },
  };
  const timers = {
    now: () => 0,
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
        wake.push(resolve);
      }),
  };
  const pass = async () => {
    const woken = wake;
    wake = [];
    for (const each of woken) each();
    await turns(5);
  };
  const lease = { name: RELAY, token: 1, isHeld: () => state.isHeld };
  return { relay: new EventRelay(bus, positions, lease, timers), published, saved, state, pass };
}

describe('EventRelay', () => {
  it('saves its position behind the publishing, once for all that came meanwhile', async () => {
    const { relay, published, saved, pass } = open();
    await relay.handle(events(1, 2));
    await relay.handle(events(3));
    expect([published, saved]).toEqual([[1, 2, 3], []]);
    await pass();
    expect(saved).toEqual([3]);
    await relay.handle(events(4));
    await pass();
    expect(saved).toEqual([3, 4]);
  });

  it('goes on behind what it has published, saved or not', async () => {
    const { relay } = open();
    await relay.handle(events(1, 2));
    expect(await relay.position()).toBe(2);
  });

  it('saves what it has published when it is stopped', async () => {
    const { relay, saved } = open();
    let reader: EventReader | undefined;
    const following = relay.follow({
      follow: (one) => {
        reader = one;
        return { stop: () => Promise.resolve() };
      },
    });
    await reader?.handle(events(1));
    await following.stop();
    expect(saved).toEqual([1]);
  });

  it('tries again to save what the store could not take', async () => {
    const { relay, saved, state, pass } = open();
    await relay.handle(events(1));
    state.refusal = new StoreUnavailable('it is away');
    await pass();
    state.refusal = undefined;
    await relay.handle(events(2));
    await pass();
    expect(saved).toEqual([2]);
  });

  it('publishes nothing without the lease, nor after another one has saved a position', async () => {
    const { relay, published, state, pass } = open();
    await relay.handle(events(1));
    state.refusal = new LeaseLost(RELAY);
    await pass();
    await expect(relay.handle(events(2))).rejects.toThrow(LeaseLost);
    const other = open();
    other.state.isHeld = false;
    await expect(other.relay.handle(events(1))).rejects.toThrow(LeaseLost);
    expect([published, other.published]).toEqual([[1], []]);
  });
});
