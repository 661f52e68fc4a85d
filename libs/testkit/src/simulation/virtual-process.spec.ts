import { StoreUnavailable } from '@gemel/application/ports';
import { CALM, VirtualProcess } from './virtual-process.js';
import type { Weather } from './virtual-process.js';
import { VirtualWorld } from './virtual-world.js';

function open(weather: Partial<Weather> = {}) {
  const world = new VirtualWorld('test', true);
  const newProcess = (name: string) => new VirtualProcess(name, { world, weather: () => ({ ...CALM, ...weather }) });
  return { world, newProcess, process: newProcess('a') };
}

/** Notes what becomes of promises, and when. */
function witness(world: VirtualWorld) {
  const seen: (readonly [string, number])[] = [];
  const note = (name: string) => () => seen.push([name, Math.floor(world.now)]);
  return { seen, names: () => seen.map(([name]) => name), note };
}

const NEVER = new AbortController().signal;

describe('a virtual process', () => {
  it('sleeps without real time, and a hundred virtual years pass in a step', async () => {
    const { world, process } = open();
    const { seen, note } = witness(world);
    void process.timers.sleep(3_155_760_000_000, NEVER).then(note('woken'));
    await world.run(1_000);
    expect(seen).toEqual([]);
    await world.run(4_000_000_000_000);
    expect(seen).toHaveLength(1);
  });

  it('hears nothing any more once it has crashed, but what it has sent takes effect', async () => {
    const { world, process } = open();
    const { names, note } = witness(world);
    process.call('ask', note('effect')).then(note('answer'), note('error'));
    process.crash();
    await world.run(60_000);
    expect(names()).toEqual(['effect']);
  });

  it('goes on after a pause with all it had in hand', async () => {
    const { world, process } = open();
    const { seen, note } = witness(world);
    void process.call('ask', () => 1).then(note('answer'));
    void process.timers.sleep(500, NEVER).then(note('woken'));
    process.pause(5_000);
    await world.run(4_999);
    expect(seen).toEqual([]);
    await world.run(6_000);
    expect(seen.map(([name]) => name).toSorted()).toEqual(['answer', 'woken']);
    expect(Math.min(...seen.map(([, at]) => at))).toBe(5_000);
  });

  it('sends nothing while it is suspended', async () => {
    const { world, process } = open();
    const { seen, note } = witness(world);
    process.pause(5_000);
    void process.call('ask', note('effect'));
    await world.run(10_000);
    expect(seen).toEqual([['effect', expect.any(Number)]]);
    expect(seen[0]?.[1]).toBeGreaterThanOrEqual(5_000);
  });

  it.each([
    ['requestLost', false],
    ['answerLost', true],
  ] as const)('learns of neither effect nor failure when there is %s', async (fault, hasEffect) => {
    const { world, process } = open({ [fault]: 1 });
    const { names, note } = witness(world);
    let error: unknown;
    process.call('ask', note('effect')).catch((reason: unknown) => (error = reason));
    await world.run(10_000);
    expect(names()).toEqual(hasEffect ? ['effect'] : []);
    expect(error).toBeInstanceOf(StoreUnavailable);
  });

  it('meets with the same in a call, whatever else it asks for before', async () => {
    const arrivals = await Promise.all(
      [0, 1, 7].map(async (others) => {
        const { world, process } = open({ requestLost: 0.5, slow: 0.5 });
        const { seen, note } = witness(world);
        for (let index = 0; index < others; index += 1) process.call(`other ${index}`, () => 1).catch(() => undefined);
        for (let index = 0; index < 20; index += 1) {
          process.call('ask', note('effect')).then(note('answer'), note('no answer'));
        }
        await world.run(100_000);
        return seen;
      }),
    );
    expect(new Set(arrivals[0]?.map(([name]) => name))).toEqual(new Set(['effect', 'answer', 'no answer']));
    expect(arrivals).toEqual([arrivals[0], arrivals[0], arrivals[0]]);
  });

  it('keeps the order of a lane, whatever the way takes', async () => {
    const { world, process } = open({ slow: 0.5 });
    const order: number[] = [];
    for (let index = 0; index < 50; index += 1) void process.call('ask', () => order.push(index), { lane: 'lane' });
    await world.run(100_000);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });
});
