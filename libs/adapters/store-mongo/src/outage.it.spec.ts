import { vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { namesOf, readAll, thingChange, until } from '@gemel/testkit/contracts';
import { openBreakableNetwork, requiredVariable } from '@gemel/testkit/network';
import type { BreakableNetwork } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import { openMongoStore } from './index.js';
import type { MongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');
const ROUNDS = 5;
/** Longer than the driver's client may stand still unnoticed. */
const AWAY_MS = 8_000;
const WRITERS = 8;
/** The two seconds of the store, the half second for answers when connections break, and the turns of the event loop. */
const REFUSED_WITHIN_MS = 3_500;
const RECOVERED_WITHIN_MS = 5_000;
const LIMIT_MS = 30_000;

/** How a write went: refused, or confirmed. */
interface Attempt {
  readonly store: MongoStore;
  readonly begun: number;
  readonly ended: number;
  readonly isConfirmed: boolean;
}

describe('MongoDB away and back, again and again, under load', () => {
  let network: BreakableNetwork;
  let database: string;
  let stores: MongoStore[];
  let attempts: Attempt[];
  let confirmed: string[];
  let isOver: boolean;
  let running: Promise<unknown>;

  beforeEach(async () => {
    const [, host = '', port = ''] = /^mongodb:\/\/([^:/]+):(\d+)/.exec(URL) ?? [];
    network = await openBreakableNetwork(host, Number(port));
    database = `gemel-outage-${randomUUID()}`;
    [stores, attempts, confirmed, isOver] = [[], [], [], false];
    const url = `mongodb://127.0.0.1:${String(network.port)}/?directConnection=true`;
    for (let n = 0; n < 2; n += 1) stores.push(await openMongoStore({ url, database, log: SILENT }));
    running = Promise.all(stores.flatMap((store, replica) => load(store, String(replica))));
  });

  afterEach(async () => {
    isOver = true;
    network.heal();
    await running;
    await Promise.all(stores.map((store) => store.close()));
    await network.close();
    const raw = await createConnection(URL, { dbName: database }).asPromise();
    await raw.dropDatabase();
    await raw.close();
  });

  function load(store: MongoStore, replica: string): readonly Promise<void>[] {
    const writers = Array.from({ length: WRITERS }, (_, index) => write(store, `a:${replica}-${String(index)}`));
    return [...writers, follow(store)];
  }

  async function write(store: MongoStore, id: string): Promise<void> {
    while (!isOver) {
      const begun = performance.now();
      const isConfirmed = await increment(store, id);
      attempts.push({ store, begun, ended: performance.now(), isConfirmed });
      await pause(10);
    }
  }

  async function increment(store: MongoStore, id: string): Promise<boolean> {
    try {
      const revision = ((await store.thing(parseThingId(id)))?.revision ?? 0) + 1;
      await store.append([thingChange(id, revision)]);
      confirmed.push(`${id}#${String(revision)}`);
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
  }

  async function follow(store: MongoStore): Promise<void> {
    while (!isOver) {
      try {
        await store.read(await store.end(), 100);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
      await pause(20);
    }
  }

  /** Whether each of them has confirmed a write that was begun after it. */
  const writeSince = (moment: number) =>
    stores.every((store) => attempts.some((each) => each.store === store && each.isConfirmed && each.begun > moment));

  /** What is in the log; a gap that a write left is closed within seconds. */
  async function readUntil(expected: readonly string[]): Promise<readonly string[]> {
    const deadline = performance.now() + LIMIT_MS;
    for (;;) {
      const names = namesOf((await Promise.all(stores.map((store) => readAll(store, 1_000))))[0] ?? []);
      if (performance.now() > deadline || expected.every((name) => names.includes(name))) return names;
    }
  }

  it('is found again each time, refuses soon meanwhile, and keeps what was confirmed, once', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = confirmed.length;
      await until(() => confirmed.length > before + 50, LIMIT_MS);
      network.cut();
      const cut = performance.now();
      await pause(AWAY_MS);
      expect(await Promise.all(stores.map((store) => store.isReachable()))).toEqual([false, false]);
      network.heal();
      const healed = performance.now();
      await until(() => writeSince(healed), LIMIT_MS);
      expect(performance.now() - healed).toBeLessThan(RECOVERED_WITHIN_MS);
      const meanwhile = attempts.filter(({ begun, ended }) => begun > cut && ended < healed);
      expect(meanwhile.filter(({ isConfirmed }) => isConfirmed)).toEqual([]);
      expect(Math.max(...meanwhile.map(({ begun, ended }) => ended - begun))).toBeLessThan(REFUSED_WITHIN_MS);
    }
    isOver = true;
    await running;
    const names = await readUntil(confirmed);
    expect(new Set(names).size).toBe(names.length);
    expect(confirmed.filter((name) => !names.includes(name))).toEqual([]);
  }, 300_000);
});

describe("a driver's client that stands still", () => {
  const database = `gemel-outage-${randomUUID()}`;
  const lines: string[] = [];
  let store: MongoStore;
  let writing: Set<Socket>;
  let stalled: Set<Socket>;

  beforeEach(async () => {
    [writing, stalled] = [new Set(), new Set()];
    const write = Socket.prototype.write;
    // What the driver gets from a socket that is gone, and whose 'close' it has not seen: false, and never 'drain'.
    vi.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...args) {
      writing.add(this);
      return stalled.has(this) ? false : Reflect.apply(write, this, args);
    });
    const hear = (_fields: unknown, message: string) => lines.push(message);
    store = await openMongoStore({ url: URL, database, log: { error: hear, warn: hear, info: hear, debug: () => 0 } });
  });

  afterEach(async () => {
    await store.close();
    vi.restoreAllMocks();
    const raw = await createConnection(URL, { dbName: database }).asPromise();
    await raw.dropDatabase();
    await raw.close();
  });

  it('is replaced by another one, and what it had begun comes to an end', async () => {
    await store.append([thingChange('a:x', 1)]);
    stalled = new Set(writing);
    const begun = [store.thing(parseThingId('a:x')), store.append([thingChange('a:x', 2)])];
    await until(() => lines.length === 2, LIMIT_MS);
    expect(lines).toEqual([
      'the client of MongoDB stands still; opens another one',
      'another client of MongoDB is in use',
    ]);
    const ends = await Promise.allSettled(begun);
    for (const end of ends) if (end.status === 'rejected') expect(isRefusal(end.reason)).toBe(true);
    const revision = (await store.thing(parseThingId('a:x')))?.revision ?? 0;
    expect(revision).toBeGreaterThan(0);
    await store.append([thingChange('a:x', revision + 1)]);
    expect(namesOf(await readAll(store, 10)).at(-1)).toBe(`a:x#${String(revision + 1)}`);
    const meter = store.meters.find(({ name }) => name === 'gemel_mongodb_clients_replaced_total');
    expect(await meter?.read()).toBe(1);
    expect(await store.isReachable()).toBe(true);
  });
});

function isRefusal(error: unknown): boolean {
  return error instanceof StoreUnavailable || error instanceof OutcomeUnknown || error instanceof RevisionConflict;
}
