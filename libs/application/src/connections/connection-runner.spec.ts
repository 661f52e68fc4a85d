import { parseConnection } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { isJsonObject, parseJson } from '@gemel/model/json';
import { compileRights, parseSubjectId } from '@gemel/model/policies';
import type { Policy } from '@gemel/model/policies';
import type { ThingEvent } from '@gemel/model/signals';
import type { ThingCommand } from '@gemel/model/things';
import { parseStoredThing } from '@gemel/model/things';
import { MemoryLeases, VirtualTimers } from '@gemel/testkit/memory';
import { FailureLog, Ingest } from '../ingest/index.js';
import { LeaseKeeper } from '../leases/index.js';
import { MessageRefused, PUBLISHED, StoreUnavailable } from '../ports/index.js';
import type {
  Connector,
  ConnectorObserver,
  EventReader,
  InboundHandler,
  Logger,
  OutboundMessage,
  RecordedEvent,
} from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { ConnectionRunner } from './connection-runner.js';
const ignore = () => undefined;
const silent: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const ditto = parseSubjectId('nginx:ditto');
const thingId = parseThingId('example:car');
const everything: Policy = {
  policyId: parsePolicyId('example:policy'),
  imports: {},
  entries: {
    owner: {
      subjects: { [ditto]: { type: 't' } },
      resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
      importable: 'implicit',
    },
  },
};

function aConnection(change: JsonObject = {}): Connection {
  return parseConnection({
    id: 'cars',
    connectionType: 'mqtt',
    uri: 'mqtt://broker:1883',
    sources: [{ addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
    targets: [
      {
        address: 'events/{{ thing:name }}',
        topics: ['_/_/things/twin/events?filter=eq(attributes/n,1)', '_/_/things/twin/events?namespaces=other'],
        qos: 1,
        authorizationContext: ['nginx:ditto'],
      },
    ],
    ...change,
  });
}

/** Of a trace whose id is all one digit. */
function traceparent(digit: string): string {
  return `00-${digit.repeat(32)}-00f067aa0ba902b7-01`;
}

/** Sets an attribute, as a device says it. */
function telemetry(id: string, n: number, headers: JsonObject = {}) {
  const text = { topic: `example/${id}/things/twin/commands/modify`, path: '/attributes/n', value: n, headers };
  return {
    address: `telemetry/${id}`,
    payload: new TextEncoder().encode(JSON.stringify(text)),
    subjects: [ditto],
    headers: { traceparent: traceparent('a'), site: 'north' },
    source: 0,
  };
}

function event(revision: number, change: Partial<ThingEvent> = {}): RecordedEvent {
  const base = {
    entity: 'thing',
    id: thingId,
    action: 'modified',
    timestamp: 0,
    path: ['attributes', 'n'],
    value: 1,
  } as const;
  return { position: revision, event: { ...base, revision, headers: { 'correlation-id': `c${revision}` }, ...change } };
}

/** A replica with everything around the runner faked. */
class Replica {
  readonly opened: { handler: InboundHandler; observer: ConnectorObserver }[] = [];
  readonly closed: number[] = [];
  readonly readers: EventReader[] = [];
  readonly published: OutboundMessage[] = [];
  readonly executed: { command: ThingCommand; context: SignalContext }[] = [];
  publish: (message: OutboundMessage) => Promise<void> = (message) =>
    Promise.resolve(void this.published.push(message));
  execute: (command: ThingCommand) => Promise<void> = () => Promise.resolve();
  look: () => Promise<void> = () => Promise.resolve();
  /** What makes it in place of the usual one. */
  connector: (() => Promise<Connector>) | undefined;
  readonly failures: FailureLog;
  readonly logged: string[] = [];
  readonly runner: ConnectionRunner;

  constructor(holder: string, leases: MemoryLeases, timers: VirtualTimers) {
    const clock = { now: () => timers.now() };
    const log: Logger = {
      error: (_fields, message) => this.logged.push(`error ${message}`),
      warn: (_fields, message) => this.logged.push(`warn ${message}`),
      info: (_fields, message) => this.logged.push(`info ${message}`),
      debug: () => undefined,
    };
    this.failures = new FailureLog(clock, silent);
    const things = {
      execute: async (command: ThingCommand, context: SignalContext) => {
        await this.execute(command);
        this.executed.push({ command, context });
        return { kind: 'modified', revision: 1 } as never;
      },
    };
    const state = { thing: parseStoredThing({ thingId, policyId: everything.policyId }), revision: 9 };
    this.runner = new ConnectionRunner({
      scripts: () => Promise.reject(new Error('no mapper here has a script')),
      leases: new LeaseKeeper({ store: leases, timers, log, holder }),
      connectors: () =>
        this.connector?.() ??
        Promise.resolve({
          open: async (_connection, handler, observer) => {
            this.opened.push({ handler, observer });
            return {
              publish: (message) => this.publish(message).then(() => PUBLISHED),
              hasReceivers: () => true,
              status: () => ({ state: 'open', detail: '' }),
              close: async (deadlineMs) => void this.closed.push(deadlineMs),
            };
          },
        }),
      ingest: new Ingest(things, this.failures, { uuid: () => 'generated' }),
      live: { subscribe: () => ({ close: () => undefined }), answer: () => ({ is: 'expected' }) },
      announcements: { subscribe: () => ({ close: ignore }) },
      diversions: { divert: ignore, accept: () => ({ close: ignore }) },
      deadLetters: { send: () => Promise.resolve(), accept: () => ({ close: ignore }) },
      acks: { issue: () => undefined },
      events: {
        feed: {
          follow: (reader) => {
            this.readers.push(reader);
            return { stop: () => Promise.resolve() };
          },
          watch: () => ({ stop: () => Promise.resolve() }),
        },
        states: {
          thing: async () => {
            await this.look();
            return { ...state, created: 0, modified: 0, deleted: false };
          },
          policy: () => Promise.resolve(undefined),
        },
        enforcers: { rights: async () => compileRights(Object.values(everything.entries), [ditto], 0) },
      },
      clock,
      timers,
      log,
    });
  }

  /** As the connector does it. */
  receive(message: ReturnType<typeof telemetry>): Promise<void> {
    return this.opened.at(-1)?.handler(message) ?? Promise.reject(new Error('nothing is open'));
  }

  values(): unknown[] {
    return this.executed.map(({ command }) => 'value' in command && command.value);
  }
}

function setUp(count = 1) {
  const timers = new VirtualTimers();
  const leases = new MemoryLeases();
  const replicas = Array.from({ length: count }, (_, index) => new Replica(`r${index}`, leases, timers));
  return { timers, leases, replicas, replica: replicas[0] ?? new Replica('r0', leases, timers) };
}

async function running(connection = aConnection()) {
  const parts = setUp();
  parts.replica.runner.start([connection]);
  await parts.timers.advance(0);
  return parts;
}

function json(message: OutboundMessage | undefined): JsonObject {
  const value = parseJson(String(message?.payload ?? 'null'));
  return isJsonObject(value) ? value : {};
}

describe('ConnectionRunner', () => {
  it('opens a connection in one replica, and in the next one when that stops', async () => {
    const { timers, replicas } = setUp(3);
    for (const { runner } of replicas) runner.start([aConnection()]);
    await timers.advance(5_000);
    const [holder] = replicas.filter(({ opened }) => opened.length > 0);
    expect(replicas.flatMap(({ opened }) => opened)).toHaveLength(1);
    expect(replicas.map(({ runner }) => runner.reportsOf('cars')[0]?.instance ?? '').toSorted()).toEqual([
      ...['', '', expect.stringMatching(/^r/)],
    ]);
    await holder?.runner.stop();
    expect(holder?.closed).toEqual([4_000]);
    await timers.advance(1_500);
    expect(replicas.flatMap(({ opened }) => opened)).toHaveLength(2);
  });

  it('leaves a closed connection alone', async () => {
    const { replica } = await running(aConnection({ connectionStatus: 'closed' }));
    expect(replica.opened).toEqual([]);
    expect(replica.runner.status()).toMatchObject([{ connectionStatus: 'closed', liveStatus: 'closed' }]);
    await replica.runner.stop();
  });

  it('tells the state of connection, sources and targets', async () => {
    const { replica, timers } = await running();
    await timers.advance(1_000);
    replica.opened[0]?.observer({ state: 'open', detail: 'connected' });
    const resource = {
      client: 'r0',
      status: 'open',
      statusDetails: 'connected',
      inStateSince: '1970-01-01T00:00:01Z',
    };
    expect(replica.runner.status()[0]?.targetStatus).toMatchObject([{ status: 'unknown' }]);
    await replica.readers[0]?.placed?.();
    expect(replica.runner.status()).toEqual([
      {
        connectionId: 'cars',
        connectionStatus: 'open',
        liveStatus: 'open',
        recoveryStatus: 'succeeded',
        connectedSince: '1970-01-01T00:00:01Z',
        clientStatus: [{ type: 'client', ...resource, recoveryStatus: 'succeeded' }],
        sourceStatus: [{ type: 'source', address: 'telemetry/#', ...resource }],
        targetStatus: [{ type: 'target', address: 'events/{{ thing:name }}', ...resource }],
      },
    ]);
    replica.opened[0]?.observer({ state: 'misconfigured', detail: 'wrong password' });
    expect(replica.runner.status()).toMatchObject([{ liveStatus: 'misconfigured', recoveryStatus: 'ongoing' }]);
  });

  it('logs once that a connection does not stand, that it stands again, and what a person must mend', async () => {
    const { replica } = await running();
    const observer = replica.opened[0]?.observer;
    for (const detail of ['no route; again in 1 s', 'no route; again in 2 s'])
      observer?.({ state: 'connecting', detail });
    observer?.({ state: 'open', detail: 'connected' });
    for (const detail of ['wrong password', 'wrong password']) observer?.({ state: 'misconfigured', detail });
    expect(replica.logged).toEqual([
      'info holds a lease',
      'warn a connection does not stand; it tries again',
      'info a connection is open',
      'error a connection cannot come to stand as it is configured',
    ]);
  });

  describe('with connections that change', () => {
    const wanted = (revision: number, change: JsonObject = {}, orders = {}) => ({
      connection: aConnection(change),
      revision,
      orders,
    });

    it('opens, reopens and closes them as they change, one after the other', async () => {
      const { replica, timers } = setUp();
      replica.runner.apply([wanted(1)]);
      await timers.advance(0);
      expect([replica.opened.length, replica.closed.length]).toEqual([1, 0]);
      replica.runner.apply([wanted(1)]);
      await timers.advance(0);
      expect(replica.opened).toHaveLength(1);
      replica.runner.apply([wanted(2, { name: 'Cars' })]);
      await timers.advance(1_000);
      expect([replica.opened.length, replica.closed.length]).toEqual([2, 1]);
      replica.runner.apply([wanted(3, { connectionStatus: 'closed' })]);
      await timers.advance(1_000);
      expect([replica.opened.length, replica.closed.length]).toEqual([2, 2]);
      expect(replica.runner.status()).toMatchObject([{ liveStatus: 'closed' }]);
      replica.runner.apply([]);
      expect([replica.runner.status(), replica.runner.reports()]).toEqual([[], []]);
      await replica.runner.stop();
    });

    it('never opens what was taken back before its turn', async () => {
      const { replica, timers } = setUp();
      for (let revision = 1; revision <= 20; revision++) replica.runner.apply([wanted(revision)]);
      await timers.advance(2_000);
      expect(replica.opened.length - replica.closed.length).toBe(1);
      replica.runner.apply([]);
      await timers.advance(2_000);
      expect(replica.opened.length - replica.closed.length).toBe(0);
    });

    it('reports what happened to messages, until it is told to forget', async () => {
      const { replica, timers } = setUp();
      replica.runner.apply([wanted(1, {}, { logsSince: 0, logsUntil: 1_000_000 })]);
      await timers.advance(10);
      await replica.receive(telemetry('car', 7));
      const nonsense = { ...telemetry('car', 7), payload: new TextEncoder().encode('no JSON') };
      await expect(replica.receive(nonsense)).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      const said = () => replica.runner.reportsOf('cars')[0]?.says ?? {};
      const consumed = (): unknown => JSON.parse(JSON.stringify(said()['metrics'])).inbound['telemetry/#'];
      expect(consumed()).toMatchObject({
        consumed: { success: { PT1M: 2 } },
        mapped: { success: { PT1M: 1 }, failure: { PT1M: 1 } },
        acknowledged: { success: { PT1M: 1 }, failure: { PT1M: 1 } },
      });
      expect(JSON.stringify(said()['logs'])).toMatch(/"type":"mapped","level":"failure"/);
      replica.runner.apply([wanted(1, {}, { metricsResetAt: 10, logsResetAt: Number.MAX_SAFE_INTEGER })]);
      expect(consumed()).toMatchObject({ consumed: { success: { PT1M: 0 } } });
      expect(said()['logs']).toEqual([]);
      await replica.runner.stop();
    });

    it('makes another connector after a pause when one cannot be made', async () => {
      const { replica, timers } = setUp();
      let tries = 0;
      replica.connector = () => {
        tries++;
        return Promise.reject(new Error('no such certificate'));
      };
      replica.runner.apply([wanted(1)]);
      await timers.advance(0);
      expect(replica.runner.status()).toMatchObject([
        { liveStatus: 'misconfigured', clientStatus: [{ statusDetails: 'no such certificate' }] },
      ]);
      await timers.advance(4_000);
      expect(tries).toBe(1);
      await timers.advance(11_000);
      expect(tries).toBe(3);
      await replica.runner.stop();
    });

    it('gives up at the first failure when it must not try again', async () => {
      const { replica, timers } = setUp();
      replica.runner.apply([wanted(1, { failoverEnabled: false })]);
      await timers.advance(0);
      replica.opened[0]?.observer({ state: 'connecting', detail: 'refused' });
      await timers.advance(10_000);
      expect(replica.closed).toHaveLength(1);
      expect(replica.runner.status()).toMatchObject([
        { liveStatus: 'failed', recoveryStatus: 'backOffLimitReached', clientStatus: [{ statusDetails: 'refused' }] },
      ]);
      await replica.runner.stop();
    });
  });

  describe('sources', () => {
    it('apply messages with the trace of the transport, unless the message has its own', async () => {
      const { replica } = await running();
      await replica.receive(telemetry('car', 1));
      await replica.receive(telemetry('car', 2, { Traceparent: traceparent('b') }));
      expect(replica.executed.map(({ context }) => context.headers)).toEqual([
        { 'correlation-id': 'generated', traceparent: expect.stringMatching(/^00-a{32}-/) as string },
        { 'correlation-id': 'generated', traceparent: expect.stringMatching(/^00-b{32}-/) as string },
      ]);
      expect(replica.executed[0]?.context.subjects).toEqual(['nginx:ditto']);
      expect(replica.runner.counters().get('cars')).toMatchObject({ consumed: 2, rejected: 0, retries: 0 });
    });

    it('map headers and enforce what messages may be about', async () => {
      const [source] = [
        {
          addresses: ['telemetry/+'],
          qos: 1,
          authorizationContext: ['nginx:ditto'],
          enforcement: { input: '{{ source:address }}', filters: ['telemetry/{{ thing:name }}'] },
          headerMapping: { Place: '{{ header:site }}-{{ thing:name }}', none: '{{ header:none }}', 'ditto-x': 'y' },
        },
      ];
      const { replica } = await running(aConnection({ sources: [source] }));
      await replica.receive(telemetry('car', 1));
      await expect(replica.receive({ ...telemetry('car', 2), address: 'telemetry/bike' })).rejects.toMatchObject({
        code: 'gemel:message.unacceptable',
      });
      expect(replica.values()).toEqual([1]);
      const { traceparent, ...headers } = replica.executed[0]?.context.headers ?? {};
      expect([typeof traceparent, headers]).toEqual(['string', { 'correlation-id': 'generated', place: 'north-car' }]);
      expect(replica.failures.recent()).toMatchObject([
        { code: 'connectivity:connection.id.enforcement.failed', thingId: 'example:car', willBeRedelivered: false },
      ]);
    });

    it('try again what fails for now; later messages of the thing wait, those of others do not', async () => {
      const { replica, timers } = await running();
      let isAway = true;
      replica.execute = (command) =>
        isAway && command.thingId === 'example:car' ? Promise.reject(new StoreUnavailable('away')) : Promise.resolve();
      const first = replica.receive(telemetry('car', 1));
      const second = replica.receive(telemetry('car', 2));
      await replica.receive(telemetry('bike', 3));
      await timers.advance(60_000);
      expect(replica.values()).toEqual([3]);
      isAway = false;
      await timers.advance(10_000);
      await Promise.all([first, second]);
      expect(replica.values()).toEqual([3, 1, 2]);
      expect(replica.failures.recent()).toEqual([]);
      expect(replica.runner.counters().get('cars')?.retries).toBeGreaterThan(5);
    });

    it('reject what is still tried again when the connection is closed, and what comes without the lease', async () => {
      const { replica, timers } = await running();
      replica.execute = () => Promise.reject(new StoreUnavailable('away'));
      const outcome = replica.receive(telemetry('car', 1)).catch((error: unknown) => error);
      await timers.advance(1_000);
      await replica.runner.stop();
      expect(await outcome).toHaveProperty('code', 'gemel:lease.lost');
      await expect(replica.receive(telemetry('car', 2))).rejects.toBeInstanceOf(GemelError);
      expect(replica.executed).toEqual([]);
    });

    it('apply nothing once another replica may have taken over', async () => {
      const { replica, timers, leases } = await running();
      await leases.replaceLease('connection:cars', await leases.lease('connection:cars'), {
        holder: 'r1',
        token: 2,
        beat: 0,
      });
      await timers.advance(1_500);
      await expect(replica.receive(telemetry('car', 1))).rejects.toHaveProperty('code', 'gemel:lease.lost');
      expect(replica.closed).toEqual([0]);
      expect(replica.executed).toEqual([]);
    });
  });

  describe('targets', () => {
    it('publish what a topic asks for, as a reader of their own that begins now', async () => {
      const { replica } = await running();
      const [reader] = replica.readers;
      expect(reader).toMatchObject({ name: 'target:cars:0', startsAt: 'end' });
      await reader?.handle([
        event(1),
        event(2, { value: 2 }),
        event(3, { id: parseThingId('other:car'), value: 3 }),
        { position: 4, event: { ...event(4).event, entity: 'policy' } as never },
      ]);
      expect(replica.published.map((each) => [each.address, json(each)['value']])).toEqual([
        ['events/car', 1],
        ['events/car', 3],
      ]);
      expect(replica.published[0]?.headers).toEqual({
        'content-type': 'application/vnd.eclipse.ditto+json',
        'correlation-id': 'c1',
      });
      expect(replica.runner.counters().get('cars')).toMatchObject({ published: 2, filtered: 1, refused: 0 });
    });

    it('publish in order without waiting for each, and have read a batch when all of it is confirmed', async () => {
      const { replica } = await running();
      const confirm: (() => void)[] = [];
      replica.publish = (message) => {
        replica.published.push(message);
        return new Promise((resolve) => confirm.push(resolve));
      };
      let hasRead = false;
      const reading = replica.readers[0]?.handle([event(1), event(2), event(3)]).then(() => (hasRead = true));
      await new Promise((resolve) => setImmediate(resolve));
      expect(replica.published.map((each) => json(each)['revision'])).toEqual([1, 2, 3]);
      confirm[2]?.();
      confirm[0]?.();
      await new Promise((resolve) => setImmediate(resolve));
      expect(hasRead).toBe(false);
      confirm[1]?.();
      await reading;
    });

    it('ask for the states of many events in one turn, and keep the order whichever is answered first', async () => {
      const { replica } = await running();
      const answers: (() => void)[] = [];
      replica.look = () => new Promise((resolve) => answers.push(resolve));
      const reading = replica.readers[0]?.handle([event(1), event(2), event(3)]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(answers).toHaveLength(3);
      for (const answer of answers.toReversed()) answer();
      await reading;
      expect(replica.published.map((each) => json(each)['revision'])).toEqual([1, 2, 3]);
    });

    it('publish what comes before a failure and nothing behind it', async () => {
      const { replica } = await running();
      let looks = 0;
      replica.look = () => (++looks === 2 ? Promise.reject(new Error('the store is away')) : Promise.resolve());
      await expect(replica.readers[0]?.handle([event(1), event(2), event(3)])).rejects.toThrow('the store is away');
      expect(replica.published.map((each) => json(each)['revision'])).toEqual([1]);
    });

    it('want a batch again that the transport did not confirm, but not what it never takes', async () => {
      const { replica } = await running();
      const [reader] = replica.readers;
      replica.publish = () => Promise.reject(new MessageRefused('events/car', 'too large'));
      await expect(reader?.handle([event(1)])).resolves.toBeUndefined();
      replica.publish = () => Promise.reject(new Error('the broker is away'));
      await expect(reader?.handle([event(2), event(3)])).rejects.toThrow('the broker is away');
      expect(await reader?.position()).toBe(1);
      replica.publish = (message) =>
        json(message)['revision'] === 4 ? Promise.reject(new Error('away')) : Promise.resolve();
      await expect(reader?.handle([event(2), event(3), event(4), event(5)])).rejects.toThrow('away');
      expect(await reader?.position()).toBe(3);
      // 3 and, since it was on its way already, 5: that comes again behind 4.
      expect(replica.runner.counters().get('cars')).toMatchObject({ published: 3, refused: 1 });
    });

    it('publish nothing once the lease is lost', async () => {
      const { replica } = await running();
      const [reader] = replica.readers;
      await replica.runner.stop();
      await expect(reader?.handle([event(1)])).rejects.toHaveProperty('code', 'gemel:lease.lost');
      expect(replica.published).toEqual([]);
    });

    it('map headers, and leave out an event that has no address', async () => {
      const target = {
        address: 'events/{{ header:site }}',
        topics: ['_/_/things/twin/events?extraFields=policyId'],
        qos: 0,
        authorizationContext: ['nginx:ditto'],
        headerMapping: { 'Content-Type': 'application/json', revision: '{{ topic:action }}' },
      };
      const { replica } = await running(aConnection({ targets: [target] }));
      await replica.readers[0]?.handle([event(1), event(2, { headers: { site: 'north' } })]);
      expect(replica.published).toHaveLength(1);
      expect(replica.published[0]).toMatchObject({
        address: 'events/north',
        qos: 0,
        headers: { 'content-type': 'application/json', revision: 'modified' },
      });
      expect(json(replica.published[0])['extra']).toEqual({ policyId: 'example:policy' });
    });
  });
});
