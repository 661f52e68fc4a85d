import { clientFor, parseConnection } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { compileEnforcer, parseSubjectId } from '@gemel/model/policies';
import { parseStoredThing } from '@gemel/model/things';
import { MemoryLeases, VirtualTimers } from '@gemel/testkit/memory';
import { LeaseKeeper } from '../leases/index.js';
import type { LiveSubscription } from '../messages/index.js';
import { PUBLISHED } from '../ports/index.js';
import type {
  ConnectorObserver,
  ConnectorStatus,
  EventReader,
  ReaderPositions,
  RecordedEvent,
} from '../ports/index.js';
import { ClientBalance } from './client-balance.js';
import { ConnectionRunner } from './connection-runner.js';
import { LocalLeases } from './local-leases.js';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent };
const ditto = parseSubjectId('nginx:ditto');
const policyId = parsePolicyId('example:policy');
const enforcer = compileEnforcer(
  {
    policyId,
    imports: {},
    entries: {
      all: {
        subjects: { [ditto]: { type: 't' } },
        resources: { 'thing:/': { grant: ['READ'], revoke: [] }, 'message:/': { grant: ['READ'], revoke: [] } },
        importable: 'implicit',
      },
    },
  },
  [ditto],
  0,
);

const connection = parseConnection({
  id: 'cars',
  connectionType: 'mqtt-5',
  uri: 'tcp://broker',
  clientCount: 3,
  sources: [{ addresses: ['plain/#', '$share/g/shared/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
  targets: [
    {
      address: 'out/{{ thing:name }}',
      topics: ['_/_/things/twin/events', '_/_/things/live/messages'],
      qos: 1,
      authorizationContext: ['nginx:ditto'],
    },
  ],
});

const PLAIN = {
  connectionType: 'mqtt-5',
  uri: 'tcp://broker',
  sources: [{ addresses: ['a'], qos: 1, authorizationContext: ['nginx:ditto'] }],
};

interface Opened {
  readonly connection: Connection;
  readonly observer: ConnectorObserver;
  readonly published: string[];
  status: ConnectorStatus;
}

/** A process; alone when nobody shares its leases. */
function open(timers: VirtualTimers, holder = 'alone', leases?: MemoryLeases) {
  const opened: Opened[] = [];
  const readers: EventReader[] = [];
  const subscriptions: LiveSubscription[] = [];
  const positions: ReaderPositions = {
    readerPosition: () => Promise.resolve(0),
    saveReaderPosition: () => Promise.resolve(),
  };
  const runner = new ConnectionRunner({
    leases:
      leases === undefined ? new LocalLeases(holder, log) : new LeaseKeeper({ store: leases, timers, log, holder }),
    ...(leases === undefined ? { positions } : { spreadMs: 1_000 }),
    connectors: () =>
      Promise.resolve({
        open: (given, _handler, observer) => {
          const one: Opened = { connection: given, observer, published: [], status: { state: 'open', detail: '' } };
          opened.push(one);
          observer(one.status);
          return Promise.resolve({
            publish: ({ address }) => {
              one.published.push(address);
              return Promise.resolve(PUBLISHED);
            },
            hasReceivers: () => true,
            status: () => one.status,
            close: () => Promise.resolve(void opened.splice(opened.indexOf(one), 1)),
          });
        },
      }),
    scripts: () => Promise.reject(new Error('no mapper here has a script')),
    ingest: { handleOn: () => Promise.resolve() },
    live: {
      subscribe: (subscription) => {
        subscriptions.push(subscription);
        return { close: silent };
      },
      answer: () => ({ is: 'expected' }),
    },
    announcements: { subscribe: () => ({ close: silent }) },
    diversions: { divert: silent, accept: () => ({ close: silent }) },
    deadLetters: { send: () => Promise.resolve(), accept: () => ({ close: silent }) },
    acks: { issue: silent },
    events: {
      feed: {
        follow: (reader) => {
          readers.push(reader);
          void reader.placed?.();
          return { stop: () => Promise.resolve() };
        },
        watch: () => ({ stop: () => Promise.resolve() }),
      },
      states: {
        thing: (thingId) =>
          Promise.resolve({
            thing: parseStoredThing({ thingId, policyId }),
            revision: 9,
            created: 0,
            modified: 0,
            deleted: false,
          }),
        policy: () => Promise.resolve(undefined),
      },
      enforcers: { rights: () => Promise.resolve({ validUntil: Infinity, on: () => enforcer }) },
    },
    clock: { now: () => timers.now() },
    timers,
    log,
  });
  return { runner, opened, readers, subscriptions };
}

const thingIds = Array.from({ length: 30 }, (_, n) => parseThingId(`example:thing-${String(n)}`));
const events = thingIds.map((id, index): RecordedEvent => ({
  position: index + 1,
  event: { entity: 'thing', id, action: 'modified', path: [], value: {}, revision: 1, timestamp: 0, headers: {} },
}));

describe('a connection with several clients', () => {
  it('opens all of them in a process that is alone, each under its own name', async () => {
    const timers = new VirtualTimers();
    const { runner, opened } = open(timers);
    runner.start([connection]);
    await timers.advance(0);
    expect(opened.map((each) => [each.connection.specificConfig, each.connection.sources[0]?.addresses])).toEqual([
      [expect.objectContaining({ clientId: 'gemel-cars' }), ['plain/#', '$share/g/shared/#']],
      [expect.objectContaining({ clientId: 'gemel-cars-1' }), ['$share/g/shared/#']],
      [expect.objectContaining({ clientId: 'gemel-cars-2' }), ['$share/g/shared/#']],
    ]);
    await runner.stop();
    expect(opened).toEqual([]);
  });

  it('publishes the events of a thing through one of them, read once', async () => {
    const timers = new VirtualTimers();
    const { runner, opened, readers } = open(timers);
    runner.start([connection]);
    await timers.advance(0);
    expect(readers).toHaveLength(1);
    await readers[0]?.handle([...events, ...events]);
    for (const [index, { published }] of opened.entries()) {
      const own = thingIds.filter((id) => clientFor(id, 3) === index).map((id) => `out/${id.slice(8)}`);
      expect(published).toEqual([...own, ...own]);
      expect(own.length).toBeGreaterThan(0);
    }
    await runner.stop();
  });

  it('publishes through the reader when the client of a thing is away', async () => {
    const timers = new VirtualTimers();
    const { runner, opened, readers } = open(timers);
    runner.start([connection]);
    await timers.advance(0);
    for (const each of opened.slice(1)) each.status = { state: 'connecting', detail: 'away' };
    await readers[0]?.handle(events);
    expect(opened.map(({ published }) => published.length)).toEqual([30, 0, 0]);
    await runner.stop();
  });

  it('shows a live signal to the one client that publishes it', async () => {
    const timers = new VirtualTimers();
    const { runner, subscriptions } = open(timers);
    runner.start([connection]);
    await timers.advance(0);
    for (const thingId of thingIds) {
      const topic = {
        namespace: 'example',
        name: 'x',
        group: 'things',
        channel: 'live',
        criterion: 'messages',
        subject: 's',
      };
      const signal = { kind: 'message', thingId, envelope: { topic, headers: {}, path: [] } } as const;
      expect(subscriptions.filter(({ wants }) => wants(signal as never))).toHaveLength(1);
    }
    await runner.stop();
  });

  it('spreads them over replicas, takes over those of a replica that ends, and says of each how it is', async () => {
    const timers = new VirtualTimers();
    const leases = new MemoryLeases();
    const holders = ['r-0', 'r-1', 'r-2'].toSorted((a, b) => clientFor(a, 3) - clientFor(b, 3));
    const replicas = holders.map((holder) => open(timers, holder, leases));
    for (const { runner } of replicas) runner.start([connection]);
    await timers.advance(10_000);
    for (const { opened } of replicas) expect(opened).toHaveLength(1);
    const reports = () => replicas.flatMap(({ runner }) => runner.reports());
    expect(
      reports()
        .map(({ client }) => client)
        .toSorted(),
    ).toEqual([0, 1, 2]);
    await replicas[0]?.runner.stop();
    await timers.advance(10_000);
    expect(
      reports()
        .map(({ client }) => client)
        .toSorted(),
    ).toEqual([0, 1, 2]);
    expect(new Set(reports().map(({ instance }) => instance))).not.toContain(holders[0]);
    for (const { readers } of replicas.slice(1)) {
      expect(new Set(readers.map(({ name }) => name))).toEqual(new Set(['target:cars:0']));
    }
    await Promise.all(replicas.slice(1).map(({ runner }) => runner.stop()));
  });

  it.each([0, 900])('spreads them over replicas that would begin with the same one, %i ms apart', async (apartMs) => {
    const timers = new VirtualTimers();
    const leases = new MemoryLeases();
    const alike = Array.from({ length: 50 }, (_, n) => `r-${String(n)}`).filter((name) => clientFor(name, 3) === 0);
    const replicas = alike.slice(0, 3).map((holder) => open(timers, holder, leases));
    for (const { runner } of replicas) {
      runner.start([connection]);
      await timers.advance(apartMs);
    }
    await timers.advance(10_000);
    expect(replicas.map(({ opened }) => opened.length)).toEqual([1, 1, 1]);
    await Promise.all(replicas.map(({ runner }) => runner.stop()));
  });

  it('gives one after the other to a replica that comes later, which nobody has at a time with another', async () => {
    const timers = new VirtualTimers();
    const leases = new MemoryLeases();
    const present: string[] = [];
    const plain = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => parseConnection({ ...PLAIN, id }));
    const join = (holder: string) => {
      const replica = open(timers, holder, leases);
      replica.runner.start([connection, ...plain]);
      present.push(holder);
      const board = { present: () => Promise.resolve([...present]) };
      return { ...replica, balance: new ClientBalance({ runner: replica.runner, board, timers, log }).start() };
    };
    const first = join('r-0');
    await timers.advance(20_000);
    expect(first.opened).toHaveLength(9);
    const second = join('r-1');
    const counts: number[] = [];
    for (let seconds = 0; seconds < 60; seconds++) {
      await timers.advance(1_000);
      const open = [...first.opened, ...second.opened].map((each) => each.connection);
      const names = open.map(({ id, specificConfig }) => `${id} ${JSON.stringify(specificConfig)}`);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeGreaterThanOrEqual(8);
      counts.push(second.opened.length);
    }
    expect([first.opened.length, second.opened.length]).toEqual([7, 2]);
    expect(counts).toEqual(counts.toSorted());
    const shared = second.runner.reports().filter(({ connectionId }) => connectionId === 'cars');
    expect(shared.map(({ client }) => client)).toEqual([2]);
    await Promise.all([first, second].map(({ balance }) => balance.stop()));
    await Promise.all([first, second].map(({ runner }) => runner.stop()));
  });

  it('is as well as the worst of them', async () => {
    const timers = new VirtualTimers();
    const { runner, opened } = open(timers);
    runner.start([connection]);
    await timers.advance(0);
    expect(runner.status()).toMatchObject([{ liveStatus: 'open' }]);
    opened[1]?.observer({ state: 'misconfigured', detail: 'one session too many' });
    const [status] = runner.status();
    expect(status).toMatchObject({
      liveStatus: 'misconfigured',
      clientStatus: [{ status: 'open' }, { status: 'misconfigured' }, { status: 'open' }],
    });
    expect(status?.sourceStatus.map(({ address }) => address)).toEqual([
      'plain/#',
      '$share/g/shared/#',
      '$share/g/shared/#',
      '$share/g/shared/#',
    ]);
    expect(runner.reportsOf('cars').map(({ says }) => 'metrics' in says)).toEqual([true, false, false]);
    await runner.stop();
  });
});
