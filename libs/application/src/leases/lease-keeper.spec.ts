import { MemoryLeases, VirtualTimers } from '@gemel/testkit/memory';
import fc from 'fast-check';
import type { LeaseRecord, LeaseStore, Logger } from '../ports/index.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { HeldLease, LeasedTask } from './lease-keeper.js';

const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** How one call of a store goes; it takes time on the way there and on the way back. */
interface Fate {
  readonly outcome: 'ok' | 'fails' | 'answer lost';
  readonly thereMs: number;
  readonly backMs: number;
}

const fateOf = (outcome: Fate['outcome'], backMs = 0): Fate => ({ outcome, thereMs: 0, backMs });
const ok = fateOf('ok');
const fails = fateOf('fails');
const answerLost = fateOf('answer lost');

/** A store as one replica sees it: its calls fail, their answers get lost, they take time before and after. */
class UnreliableLeases implements LeaseStore {
  fate: () => Fate = () => ok;
  isAlive = true;

  constructor(
    private readonly store: LeaseStore,
    private readonly timers: VirtualTimers,
  ) {}

  lease(name: string): Promise<LeaseRecord | undefined> {
    return this.#call(() => this.store.lease(name));
  }

  replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean> {
    return this.#call(() => this.store.replaceLease(name, expected, next));
  }

  async #call<Result>(call: () => Promise<Result>): Promise<Result> {
    // A dead process's calls never return.
    if (!this.isAlive) return new Promise(() => undefined);
    const { outcome, thereMs, backMs } = this.fate();
    await this.#travel(thereMs);
    if (outcome === 'fails') throw new Error('the store is away');
    const result = await call();
    await this.#travel(backMs);
    if (outcome === 'answer lost') throw new Error('the answer was lost');
    return result;
  }

  async #travel(ms: number): Promise<void> {
    if (ms > 0) await this.timers.sleep(ms, new AbortController().signal);
  }
}

/** A replica that competes for one lease. */
class Replica {
  readonly store: UnreliableLeases;
  readonly held: HeldLease[] = [];
  stops = 0;
  /** Set while its task runs. */
  working: HeldLease | undefined;
  start: () => Promise<void> = () => Promise.resolve();
  patienceMs = 0;
  readonly #keeper: LeaseKeeper;
  #competing: { stop(): Promise<void> } | undefined;

  constructor(
    readonly name: string,
    leases: LeaseStore,
    timers: VirtualTimers,
  ) {
    this.store = new UnreliableLeases(leases, timers);
    this.#keeper = new LeaseKeeper({ store: this.store, timers, log: silent, holder: name });
  }

  compete(): void {
    const task: LeasedTask = {
      patienceMs: () => this.patienceMs,
      start: async (lease) => {
        await this.start();
        this.held.push(lease);
        this.working = lease;
        return {
          stop: async () => {
            this.working = undefined;
            this.stops++;
          },
        };
      },
    };
    this.#competing = this.#keeper.compete('relay', task);
  }

  stop(): Promise<void> {
    return this.#competing?.stop() ?? Promise.resolve();
  }

  /** What a power cut leaves: calls that never return; the process itself is not asked any more. */
  die(): void {
    this.store.isAlive = false;
  }

  get believes(): boolean {
    return this.store.isAlive && this.held.at(-1)?.isHeld() === true;
  }
}

function setUp(count: number) {
  const timers = new VirtualTimers();
  const leases = new MemoryLeases();
  const replicas = Array.from({ length: count }, (_, index) => new Replica(`r${index}`, leases, timers));
  const holders = () => replicas.filter(({ believes }) => believes).map(({ name }) => name);
  return { timers, leases, replicas, holders };
}

describe('LeaseKeeper', () => {
  it('leaves one that another gives back to those who are not patient, and takes it when nobody is', async () => {
    const { timers, replicas, holders } = setUp(3);
    const [first, patient, other] = replicas;
    if (patient !== undefined) patient.patienceMs = 1_500;
    first?.compete();
    await timers.advance(0);
    patient?.compete();
    await timers.advance(500);
    other?.compete();
    await timers.advance(3_000);
    expect(holders()).toEqual(['r0']);
    await first?.stop();
    await timers.advance(1_000);
    expect(holders()).toEqual(['r2']);
    await other?.stop();
    await timers.advance(1_400);
    expect(holders()).toEqual([]);
    await timers.advance(1_600);
    expect(holders()).toEqual(['r1']);
    await patient?.stop();
    // Its own comes back to it at once.
    patient?.compete();
    await timers.advance(0);
    expect(holders()).toEqual(['r1']);
  });

  it('lets one of several hold a lease, for as long as it lives', async () => {
    const { timers, leases, replicas, holders } = setUp(3);
    for (const replica of replicas) replica.compete();
    await timers.advance(0);
    const first = holders();
    expect(first).toHaveLength(1);
    await timers.advance(120_000);
    expect(holders()).toEqual(first);
    expect(replicas.flatMap(({ held }) => held)).toHaveLength(1);
    expect(await leases.lease('relay')).toMatchObject({ token: 1 });
  });

  it('is taken over within 10 s of a death, with a higher token', async () => {
    for (let offset = 0; offset < 1_000; offset += 50) {
      const { timers, replicas, holders } = setUp(2);
      const [first, second] = replicas;
      first?.compete();
      await timers.advance(0);
      await timers.advance(offset);
      second?.compete();
      await timers.advance(3_000 + offset / 3);
      first?.die();
      await timers.advance(10_000);
      expect(holders()).toEqual(['r1']);
      expect(second?.held[0]?.token).toBe(2);
    }
  });

  it('is given back on stop, after the task has ended, and taken at once', async () => {
    const { timers, replicas, holders } = setUp(2);
    const [first, second] = replicas;
    first?.compete();
    await timers.advance(0);
    second?.compete();
    await timers.advance(2_000);
    await first?.stop();
    expect(first).toMatchObject({ stops: 1, working: undefined, believes: false });
    await timers.advance(1_000);
    expect(holders()).toEqual(['r1']);
  });

  it('ends when it is stopped while another one holds the lease', async () => {
    const { timers, replicas } = setUp(2);
    for (const replica of replicas) {
      replica.compete();
      await timers.advance(0);
    }
    await replicas[1]?.stop();
    await timers.advance(10_000);
    expect(replicas[1]?.held).toEqual([]);
    await replicas[0]?.stop();
  });

  it('survives some seconds without its store, and stops by itself before another one may begin', async () => {
    const { timers, replicas, holders } = setUp(2);
    const [first, second] = replicas;
    first?.compete();
    await timers.advance(0);
    second?.compete();
    await timers.advance(1_500);
    if (first !== undefined) first.store.fate = () => fails;
    await timers.advance(2_500);
    expect(holders()).toEqual(['r0']);
    if (first !== undefined) first.store.fate = () => ok;
    await timers.advance(20_000);
    expect(holders()).toEqual(['r0']);
    if (first !== undefined) first.store.fate = () => fails;
    await timers.advance(5_500);
    expect(first?.working).toBeUndefined();
    expect(holders()).toEqual([]);
    await timers.advance(4_500);
    expect(holders()).toEqual(['r1']);
  });

  it('is taken back as soon as its store is there again by who has lost it only for that', async () => {
    const { timers, leases, replicas, holders } = setUp(2);
    for (const replica of replicas) {
      replica.compete();
      await timers.advance(0);
    }
    await timers.advance(2_300);
    const [first, second] = replicas;
    if (second !== undefined) second.store.fate = () => fails;
    // Renewed once more, which nobody else has seen.
    await timers.advance(1_000);
    if (first !== undefined) first.store.fate = () => fails;
    await timers.advance(30_000);
    expect([holders(), replicas.map(({ working }) => working)]).toEqual([[], [undefined, undefined]]);
    for (const replica of replicas) replica.store.fate = () => ok;
    await timers.advance(1_000);
    expect(holders()).toEqual(['r0']);
    expect(await leases.lease('relay')).toMatchObject({ holder: 'r0', token: 2 });
  });

  it('goes on when the answer to a renewal was lost', async () => {
    const { timers, replicas, holders } = setUp(2);
    for (const replica of replicas) replica.compete();
    await timers.advance(500);
    const [holder] = replicas.filter(({ believes }) => believes);
    let calls = 0;
    if (holder !== undefined) holder.store.fate = () => (calls++ % 4 === 0 ? answerLost : ok);
    await timers.advance(60_000);
    expect(holders()).toEqual([holder?.name]);
    expect(holder?.held).toHaveLength(1);
  });

  it('takes a renewal for as old as it is when its answer was lost long after', async () => {
    const { timers, replicas, holders } = setUp(2);
    const [first, second] = replicas;
    first?.compete();
    await timers.advance(0);
    second?.compete();
    // The renewal at 1 s takes effect then, and fails at 4 s; the one at 5 s finds it, and then the store is away.
    const fates = [fateOf('answer lost', 3_000), ok, ok];
    if (first !== undefined) first.store.fate = () => fates.shift() ?? fails;
    for (let second = 0; second < 60; second++) {
      await timers.advance(250);
      expect(holders().length).toBeLessThanOrEqual(1);
    }
    expect(holders()).toEqual(['r1']);
  });

  it('gives back what it holds although the answer to the last renewal was lost', async () => {
    const { timers, leases, replicas } = setUp(1);
    const [only] = replicas;
    only?.compete();
    await timers.advance(500);
    if (only !== undefined) only.store.fate = () => answerLost;
    await timers.advance(600);
    if (only !== undefined) only.store.fate = () => ok;
    await only?.stop();
    expect(await leases.lease('relay')).toMatchObject({ holder: '', token: 1 });
  });

  it('takes a lease at once that it took without hearing of it', async () => {
    const { timers, replicas, holders } = setUp(1);
    const [only] = replicas;
    let calls = 0;
    // The first call reads, the second replaces.
    if (only !== undefined) only.store.fate = () => (calls++ === 1 ? answerLost : ok);
    only?.compete();
    await timers.advance(1_500);
    expect(holders()).toEqual(['r0']);
    expect(only?.held.map(({ token }) => token)).toEqual([2]);
  });

  it('gives the lease back when the task cannot begin, and tries again', async () => {
    const { timers, replicas, holders } = setUp(1);
    const [only] = replicas;
    let failures = 2;
    if (only !== undefined) only.start = () => (failures-- > 0 ? Promise.reject(new Error('no')) : Promise.resolve());
    only?.compete();
    await timers.advance(3_000);
    expect(holders()).toEqual(['r0']);
    expect(only?.held.map(({ token }) => token)).toEqual([3]);
  });

  it('renews while the task begins, however long that takes', async () => {
    const { timers, replicas, holders } = setUp(2);
    const [slow, other] = replicas;
    if (slow !== undefined) slow.start = () => timers.sleep(30_000, new AbortController().signal);
    slow?.compete();
    await timers.advance(0);
    other?.compete();
    await timers.advance(31_000);
    expect(holders()).toEqual(['r0']);
    expect(other?.held).toEqual([]);
  });

  it('is never held by two at once, whatever the store does, and is held again afterwards', async () => {
    const delay = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 4_000 }));
    const outcome = fc.constantFrom<Fate['outcome']>('ok', 'ok', 'fails', 'answer lost');
    const fate: fc.Arbitrary<Fate> = fc.oneof(fc.constant(ok), fc.record({ outcome, thereMs: delay, backMs: delay }));
    // Troubles come in runs, between which all is well.
    const runs = fc.array(
      fc.tuple(fc.oneof(fc.constant(ok), fc.constant(fails), fate), fc.integer({ min: 1, max: 6 })),
      {
        minLength: 5,
        maxLength: 40,
      },
    );
    const life = fc.record({ runs, begins: fc.integer({ min: 0, max: 3_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 2, maxLength: 3 }), async (lives) => {
        const { timers, replicas, holders } = setUp(lives.length);
        for (const [index, replica] of replicas.entries()) {
          const { runs: troubles, begins } = lives[index] ?? { runs: [], begins: 0 };
          const fates = troubles.flatMap(([each, times]) => Array.from({ length: times }, () => each));
          replica.store.fate = () => fates.shift() ?? ok;
          void timers.sleep(begins, new AbortController().signal).then(() => replica.compete());
        }
        for (let step = 0; step < 120; step++) {
          await timers.advance(250);
          expect(holders().length).toBeLessThanOrEqual(1);
        }
        for (const replica of replicas) replica.store.fate = () => ok;
        await timers.advance(20_000);
        expect(holders()).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
