import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ConnectionRunner } from '@gemel/application/connections';
import { FailureLog, Ingest } from '@gemel/application/ingest';
import { LeaseKeeper } from '@gemel/application/leases';
import { createPolicies } from '@gemel/application/policies';
import { StoreUnavailable } from '@gemel/application/ports';
import type { EventLog, LeaseStore, Position } from '@gemel/application/ports';
import { createThingService } from '@gemel/application/things';
import { EmbeddedFeed } from '@gemel/bus-embedded';
import { parseConnection } from '@gemel/model/connections';
import { parseThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { openEmbeddedStore } from '@gemel/store-embedded';
import { aPolicy } from '@gemel/testkit/builders';
import { MemoryLeases } from '@gemel/testkit/memory';
import { openBreakableNetwork, openMosquitto } from '@gemel/testkit/network';
import type { Mosquitto } from '@gemel/testkit/network';
import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';

import { mqttConnector } from './mqtt-connector.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const THINGS = 20;
const EACH = 100;
const clock = { now: () => Date.now() };
const timers = {
  now: () => performance.now(),
  sleep: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

let broker: Mosquitto;
let shared: Awaited<ReturnType<typeof openShared>>;
let replicas: Replica[];
let clients: MqttClient[];

/** What all replicas have: the store, who holds what, how far the targets are. */
async function openShared() {
  const folder = await mkdtemp(join(tmpdir(), 'gemel-takeover-'));
  const store = await openEmbeddedStore({ folder, log: SILENT });
  const positions = new Map<string, Position>();
  return {
    store,
    leases: new MemoryLeases(),
    /** Whether it takes no writes. */
    isAway: false,
    positions: {
      readerPosition: (reader: string) => Promise.resolve(positions.get(reader) ?? 0),
      saveReaderPosition: async (reader: string, position: Position) => void positions.set(reader, position),
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

type Replica = Awaited<ReturnType<typeof openReplica>>;

async function openReplica(holder: string) {
  const { store, leases, positions } = shared;
  const network = await openBreakableNetwork(broker.host, broker.port);
  let isAlive = true;
  const buried = new AbortController();
  /** Calls of a dead replica do not return, until its remains are cleared away. */
  const alive = <Result>(call: () => Promise<Result>) =>
    isAlive
      ? call()
      : new Promise<Result>((_resolve, reject) => {
          if (buried.signal.aborted) reject(new Error('dead'));
          else buried.signal.addEventListener('abort', () => reject(new Error('dead')));
        });
  const leasesOfLiving: LeaseStore = {
    lease: (name) => alive(() => leases.lease(name)),
    replaceLease: (name, expected, next) => alive(() => leases.replaceLease(name, expected, next)),
  };
  const log: EventLog = {
    append: (changes, guard) =>
      alive(() => (shared.isAway ? Promise.reject(new StoreUnavailable('away')) : store.append(changes, guard))),
    guardVersion: (name) => store.guardVersion(name),
    read: (position, limit) => store.read(position, limit),
    end: () => store.end(),
    history: (entity, id, range) => store.history(entity, id, range),
  };
  const { enforcers, creation: policyCreation } = createPolicies({ log: store, states: store, clock });
  const things = createThingService({
    log,
    states: store,
    archive: store.archive,
    enforcers,
    policyCreation,
    clock,
    maxThingBytes: 100_000,
  });
  const failures = new FailureLog(clock, SILENT);
  const times = { abandonedAfterMs: 600, heldForMs: 450, beatMs: 100 };
  const runner = new ConnectionRunner({
    scripts: () => Promise.reject(new Error('no mapper here has a script')),
    leases: new LeaseKeeper({ store: leasesOfLiving, timers, log: SILENT, holder, times }),
    connectors: async () => mqttConnector({ firstPauseMs: 10, longestPauseMs: 50 }),
    ingest: new Ingest(things, failures, { uuid: () => 'c' }),
    live: {
      subscribe: () => ({ close: () => undefined }),
      answer: () => ({ is: 'expected' }),
    },
    announcements: { subscribe: () => ({ close: () => undefined }) },
    diversions: { divert: () => undefined, accept: () => ({ close: () => undefined }) },
    deadLetters: { send: () => Promise.resolve(), accept: () => ({ close: () => undefined }) },
    acks: { issue: () => undefined },
    events: {
      feed: new EmbeddedFeed({ log: store, onCommit: store.onCommit.bind(store), logger: SILENT }),
      states: store,
      enforcers,
    },
    positions,
    clock,
    timers,
    log: SILENT,
  });
  runner.start([
    parseConnection({
      id: 'takeover',
      connectionType: 'mqtt-5',
      uri: `mqtt://127.0.0.1:${network.port}`,
      sources: [{ addresses: ['telemetry/#'], qos: 1, authorizationContext: ['test:owner'] }],
      targets: [
        {
          address: 'events/{{ thing:name }}',
          topics: ['_/_/things/twin/events'],
          qos: 1,
          authorizationContext: ['test:owner'],
        },
      ],
    }),
  ]);
  return {
    runner,
    things,
    failures,
    network,
    isOpen: () => runner.status()[0]?.liveStatus === 'open',
    /** Nothing that it does from now on arrives anywhere. */
    die: () => {
      isAlive = false;
      network.cut();
    },
    close: async () => {
      buried.abort();
      await runner.stop();
      await network.close();
    },
  };
}

/** The broker keeps its session, so that it misses nothing either. */
async function connect(clientId: string): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId, clean: false, reconnectPeriod: 50 });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const nameOf = (thing: number) => `t${thing}`;

beforeEach(async () => {
  broker = await openMosquitto();
  shared = await openShared();
  clients = [];
  const { store } = shared;
  const created = await createPolicies({ log: store, states: store, clock }).creation.create(aPolicy(), {
    subjects: [parseSubjectId('test:owner')],
    headers: {},
  });
  if (created !== undefined) await store.append([created.change]);
  replicas = [await openReplica('r0'), await openReplica('r1')];
  await until(() => replicas.some((each) => each.isOpen()));
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  await Promise.all(replicas.map((each) => each.close()));
  await shared.close();
  await broker.close();
});

/** Counts each thing up from 1, and `trouble` happens in the middle; every event must arrive at the target, in order. */
async function expectAllDespite(trouble: () => Promise<void> | void): Promise<void> {
  const [device, consumer] = [await connect('device'), await connect('consumer')];
  const seen = new Map<string, number[]>(Array.from({ length: THINGS }, (_, thing) => [nameOf(thing), []]));
  consumer.on('message', (topic, payload) => {
    const name = topic.slice('events/'.length);
    const { path, value } = JSON.parse(payload.toString()) as { path: string; value: number };
    if (path === '/attributes/n') seen.get(name)?.push(value);
  });
  await consumer.subscribeAsync('events/#', { qos: 1 });
  const send = (thing: number, action: string, path: string, value: unknown) =>
    device.publishAsync(
      `telemetry/${nameOf(thing)}`,
      JSON.stringify({ topic: `test/${nameOf(thing)}/things/twin/commands/${action}`, path, value }),
      { qos: 1 },
    );
  for (let thing = 0; thing < THINGS; thing++) await send(thing, 'create', '/', { policyId: 'example:policy' });
  for (let n = 1; n <= EACH; n++) {
    if (n === EACH / 2) await trouble();
    await Promise.all([...seen.keys()].map((_name, thing) => send(thing, 'modify', '/attributes/n', n)));
  }
  await until(() => [...seen.values()].every((values) => values.includes(EACH)));
  const all = Array.from({ length: EACH }, (_, index) => index + 1);
  for (const [thing, [name, values]] of [...seen].entries()) {
    expect([name, [...new Set(values)]]).toEqual([name, all]);
    const state = await shared.store.thing(parseThingId(`test:${nameOf(thing)}`));
    expect(valueAt(state?.thing, ['attributes', 'n'])).toBe(EACH);
  }
  expect(replicas.flatMap(({ failures }) => failures.recent()).filter((each) => !each.willBeRedelivered)).toEqual([]);
}

describe('a connection of several replicas', () => {
  it('loses nothing when the replica that has it dies, and is taken over', async () => {
    await expectAllDespite(async () => {
      const dead = replicas.find((each) => each.isOpen());
      dead?.die();
      await until(() => replicas.some((each) => each !== dead && each.isOpen()));
    });
  });

  it('loses and doubles nothing when the replica that has it ends', async () => {
    const before = await shared.store.end();
    await expectAllDespite(async () => {
      await replicas.find((each) => each.isOpen())?.runner.stop();
    });
    expect((await shared.store.end()) - before).toBe(THINGS * (EACH + 1));
  });

  it('loses and doubles nothing while the store is away', async () => {
    const before = await shared.store.end();
    await expectAllDespite(() => {
      shared.isAway = true;
      void delay(500).then(() => (shared.isAway = false));
    });
    expect((await shared.store.end()) - before).toBe(THINGS * (EACH + 1));
  });

  it('loses nothing when the broker restarts', async () => {
    await expectAllDespite(async () => {
      await broker.stop();
      await broker.start();
    });
  });
});
