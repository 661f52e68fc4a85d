import { parseConnection } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { compileEnforcer, parseSubjectId } from '@gemel/model/policies';
import { MemoryLeases, VirtualTimers } from '@gemel/testkit/memory';
import { ConnectionRunner } from '../connections/index.js';
import { FailureLog, Ingest } from '../ingest/index.js';
import { LeaseKeeper } from '../leases/index.js';
import { MessageRefused, MessageUnacceptable, PUBLISHED, StoreUnavailable } from '../ports/index.js';
import type { InboundHandler, Logger, OutboundMessage } from '../ports/index.js';
import { HopLatencies } from './hop-latencies.js';
import { UnseenAddresses, mergeUnseen } from './unseen-addresses.js';

const ditto = parseSubjectId('nginx:ditto');
const policy = { policyId: parsePolicyId('a:p'), imports: {}, entries: {} };
const SCHEMA = { type: 'object', required: ['temp'], properties: { temp: { type: 'number', maximum: 60 } } };

/** A connection that is open, everything around it faked; it is 1,000,000 ms after the beginning of time. */
class Pipeline {
  readonly published: OutboundMessage[] = [];
  readonly merged: unknown[] = [];
  readonly errors: string[] = [];
  publish: (message: OutboundMessage) => Promise<void> = () => Promise.resolve();
  execute: () => Promise<void> = () => Promise.resolve();
  /** Those that went to other connections. */
  readonly others: unknown[] = [];
  sendToOther: () => Promise<void> = () => Promise.resolve();
  #handler: InboundHandler | undefined;

  static async open(definition: JsonObject): Promise<Pipeline> {
    const pipeline = new Pipeline();
    const timers = new VirtualTimers();
    await timers.advance(1_000_000);
    pipeline.runner = pipeline.#runner(timers);
    pipeline.runner.start([parseConnection({ id: 'c', connectionType: 'mqtt', uri: 'tcp://b', ...definition })]);
    await timers.advance(0);
    return pipeline;
  }

  runner: ConnectionRunner = this.#runner(new VirtualTimers());

  receive(address: string, payload: unknown, headers: Record<string, string> = {}): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const bytes = payload instanceof Uint8Array ? payload : new TextEncoder().encode(text);
    const message = { address, payload: bytes, subjects: [ditto], headers, source: 0 };
    return this.#handler?.(message) ?? Promise.reject(new Error('nothing is open'));
  }

  unseen(): unknown {
    return this.runner.reportsOf('c')[0]?.says['unseen'];
  }

  #runner(timers: VirtualTimers): ConnectionRunner {
    const clock = { now: () => timers.now() };
    const log: Logger = {
      error: (_fields, message) => this.errors.push(message),
      warn: () => undefined,
      info: () => undefined,
      debug: () => undefined,
    };
    const things = {
      execute: async (command: unknown) => {
        await this.execute();
        this.merged.push(command);
        return { kind: 'modified', revision: 1 } as never;
      },
    };
    return new ConnectionRunner({
      scripts: () => Promise.reject(new Error('there are no scripts')),
      leases: new LeaseKeeper({ store: new MemoryLeases(), timers, log, holder: 'r' }),
      connectors: async () => ({
        open: async (_connection, handler) => {
          this.#handler = handler;
          return {
            publish: async (message) => {
              await this.publish(message);
              this.published.push(message);
              return PUBLISHED;
            },
            hasReceivers: () => true,
            status: () => ({ state: 'open', detail: '' }),
            close: () => Promise.resolve(),
          };
        },
      }),
      ingest: new Ingest(things, new FailureLog(clock, log), { uuid: () => 'generated' }),
      live: { subscribe: () => ({ close: () => undefined }), answer: () => ({ is: 'expected' }) },
      acks: { issue: () => undefined },
      announcements: { subscribe: () => ({ close: () => undefined }) },
      diversions: { divert: () => undefined, accept: () => ({ close: () => undefined }) },
      deadLetters: {
        send: async (to, from, { address }) => {
          await this.sendToOther();
          this.others.push([to, from, address]);
        },
        accept: () => ({ close: () => undefined }),
      },
      events: {
        feed: {
          follow: () => ({ stop: () => Promise.resolve() }),
          watch: () => ({ stop: () => Promise.resolve() }),
        },
        states: { thing: () => Promise.resolve(undefined), policy: () => Promise.resolve(undefined) },
        enforcers: {
          rights: () => Promise.resolve({ validUntil: Infinity, on: () => compileEnforcer(policy, [ditto], 0) }),
        },
      },
      clock,
      timers,
      log,
    });
  }
}

function source(mappingDefinitions: JsonObject, change: JsonObject = {}): JsonObject {
  const payloadMapping = Object.keys(mappingDefinitions);
  const common = { addresses: ['#'], qos: 1, authorizationContext: ['nginx:ditto'], replyTarget: { enabled: false } };
  return { mappingDefinitions, sources: [{ ...common, payloadMapping, ...change }] };
}

const RULES = {
  mappingEngine: 'TopicRules',
  options: {
    thingId: 'lab:{{ source:level-1 }}',
    rules: { 'prusa/z': false, 'pi/temperature': 'temperature', 'prusa/+': { feature: 'bed', pointer: '/actual' } },
  },
};
const CHECKED = source(
  { rules: { ...RULES, incomingSchema: SCHEMA } },
  { deadLetterTarget: { address: 'dead/{{ source:address }}' } },
);

describe('a schema and a dead-letter target', () => {
  it('let through what holds, and put the rest aside as it came, with the reason', async () => {
    const pipeline = await Pipeline.open(CHECKED);
    await pipeline.receive('pi/temperature', { temp: 20 });
    await pipeline.receive('pi/temperature', { temp: 99 }, { site: 'north', 'mqtt.retain': 'true' });
    expect(pipeline.merged).toHaveLength(1);
    expect(pipeline.published).toMatchObject([
      {
        address: 'dead/pi/temperature',
        qos: 1,
        headers: {
          site: 'north',
          'dead-letter-address': 'pi/temperature',
          'dead-letter-code': 'gemel:connectivity.payload.schema.violated',
        },
      },
    ]);
    const [letter] = pipeline.published;
    expect(new TextDecoder().decode(letter?.payload as Uint8Array)).toBe('{"temp":99}');
    expect(letter?.headers['dead-letter-reason']).toContain('/temp');
    expect(letter?.headers).not.toHaveProperty('mqtt.retain');
  });

  it.each(['', 'no json', '[]', '{"temp":"20"}', '{}', '\uD800'])('put %j aside', async (payload) => {
    const pipeline = await Pipeline.open(CHECKED);
    await pipeline.receive('pi/temperature', payload);
    expect(pipeline.published).toHaveLength(1);
    expect(pipeline.merged).toEqual([]);
  });

  it('say the reason and the original in one JSON object where headers get lost', async () => {
    const deadLetterTarget = { address: 'dead', format: 'json' };
    const pipeline = await Pipeline.open(source({ rules: { ...RULES, incomingSchema: SCHEMA } }, { deadLetterTarget }));
    await pipeline.receive('pi/temperature', '{"temp":99}', { site: 'north' });
    await pipeline.receive('pi/temperature', new Uint8Array([0xff, 0x00]));
    const letters = pipeline.published.map(({ payload }) => JSON.parse(String(payload)) as unknown);
    expect(letters).toMatchObject([
      {
        address: 'pi/temperature',
        code: 'gemel:connectivity.payload.schema.violated',
        headers: { site: 'north' },
        payload: '{"temp":99}',
      },
      { reason: expect.stringContaining('no JSON') as unknown, payloadBase64: '/wA=' },
    ]);
  });

  it('have the message delivered again while the dead letter cannot be published', async () => {
    const pipeline = await Pipeline.open(CHECKED);
    pipeline.publish = () => Promise.reject(new Error('the broker is away'));
    await expect(pipeline.receive('pi/temperature', 'x')).rejects.toThrow('the broker is away');
  });

  it('lose what the broker will never take, and say so', async () => {
    const pipeline = await Pipeline.open(CHECKED);
    pipeline.publish = () => Promise.reject(new MessageRefused('dead', 'no'));
    await expect(pipeline.receive('pi/temperature', 'x')).rejects.toThrow(MessageUnacceptable);
    expect(pipeline.errors).toContain('lost a dead letter');
  });

  it('go to the broker of another connection, and come again while that does not answer', async () => {
    const deadLetterTarget = { connection: 'letters', address: 'dead/{{ source:address }}' };
    const pipeline = await Pipeline.open(source({ rules: { ...RULES, incomingSchema: SCHEMA } }, { deadLetterTarget }));
    pipeline.sendToOther = () => Promise.reject(new Error('nobody has answered'));
    await expect(pipeline.receive('pi/temperature', 'x')).rejects.toThrow('nobody has answered');
    pipeline.sendToOther = () => Promise.resolve();
    await pipeline.receive('pi/temperature', 'x');
    expect([pipeline.others, pipeline.published]).toEqual([[['letters', 'c', 'dead/pi/temperature']], []]);
    pipeline.sendToOther = () => Promise.reject(new MessageRefused('dead', 'it does not name us'));
    await expect(pipeline.receive('pi/temperature', 'x')).rejects.toThrow(MessageUnacceptable);
    expect(pipeline.errors).toContain('lost a dead letter');
  });

  it('leave alone what may be applied later', async () => {
    const pipeline = await Pipeline.open(CHECKED);
    let attempts = 0;
    pipeline.execute = () => (attempts++ === 0 ? Promise.reject(new StoreUnavailable('x')) : Promise.resolve());
    const applying = pipeline.receive('pi/temperature', { temp: 1 });
    expect(pipeline.published).toEqual([]);
    await Promise.race([applying, Promise.resolve()]);
    expect(pipeline.published).toEqual([]);
  });
});

describe('topics that no rule takes', () => {
  it('are listed, those that are left out on purpose are not', async () => {
    const pipeline = await Pipeline.open(source({ rules: RULES }));
    for (const topic of ['pi/temperature', 'pi/humidity', 'prusa/z', 'pi/humidity']) await pipeline.receive(topic, 1);
    expect(pipeline.unseen()).toEqual([
      {
        address: 'pi/humidity',
        count: 2,
        firstSeen: '1970-01-01T00:16:40Z',
        lastSeen: '1970-01-01T00:16:40Z',
      },
    ]);
  });

  it('are as many as there is room for: the silent ones go first', () => {
    const unseen = new UnseenAddresses();
    for (let index = 0; index < 300; index++) {
      unseen.saw('always', index);
      unseen.saw(`topic/${index}`, index);
    }
    const list = unseen.toJson();
    expect(list).toHaveLength(200);
    expect(list[1]).toMatchObject({ address: 'always', count: 300 });
    unseen.reset();
    expect(unseen.toJson()).toEqual([]);
  });

  it('of several clients are one list', () => {
    const [one, other] = [new UnseenAddresses(), new UnseenAddresses()];
    one.saw('a', 1_000);
    other.saw('a', 3_000);
    other.saw('b', 2_000);
    expect(mergeUnseen([one.toJson(), other.toJson()])).toMatchObject([
      { address: 'a', count: 2, firstSeen: '1970-01-01T00:00:01Z', lastSeen: '1970-01-01T00:00:03Z' },
      { address: 'b', count: 1 },
    ]);
  });
});

describe('hop latencies', () => {
  it('are counted as a histogram, and merged into the twin', async () => {
    const definition = source({
      hops: { mappingEngine: 'HopLatency', options: { thingId: 'lab:line', timestamps: { device: '/t' } } },
    });
    const pipeline = await Pipeline.open(definition);
    await pipeline.receive('x', { t: 999_990 }, { hops: 'sensor=999900' });
    expect(pipeline.merged).toMatchObject([
      { thingId: parseThingId('lab:line'), value: { 'sensor-to-device': 90, 'device-to-gemel': 10, total: 100 } },
    ]);
    const [first, second] = pipeline.runner.hops().get('c') ?? [];
    expect(first).toMatchObject({ from: 'sensor', to: 'device', count: 1, sum: 0.09 });
    expect(second?.buckets.find(({ le }) => le === '0.005')).toEqual({ le: '0.005', count: 0 });
    expect(second?.buckets.find(({ le }) => le === '0.01')).toEqual({ le: '0.01', count: 1 });
    expect(second?.buckets.at(-1)).toEqual({ le: '+Inf', count: 1 });
  });

  it('have a bound on pairs of hops, and no time below zero', () => {
    const latencies = new HopLatencies();
    for (let index = 0; index < 100; index++) latencies.observe(`a${index}=2000,b=1000`);
    const histograms = latencies.histograms();
    expect(histograms).toHaveLength(50);
    expect(histograms[0]).toMatchObject({
      sum: 0,
      count: 1,
      buckets: expect.arrayContaining([{ le: '0.001', count: 1 }]) as unknown,
    });
  });
});
