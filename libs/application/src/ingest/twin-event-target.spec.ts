import { parseSubjectId } from '@gemel/model/policies';
import type { JsonObject } from '@gemel/model/json';
import { isJsonObject, parseJson } from '@gemel/model/json';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { compileEnforcer } from '@gemel/model/policies';
import type { Policy } from '@gemel/model/policies';
import type { ThingEvent } from '@gemel/model/signals';
import { parseStoredThing } from '@gemel/model/things';
import { PUBLISHED } from '../ports/index.js';
import type { Logger, OutboundMessage, PublishOutcome, RecordedEvent } from '../ports/index.js';
import { OPENTWINS_TARGET, TwinEventTarget } from './twin-event-target.js';
import type { TwinEventTargetConfig } from './twin-event-target.js';

const thingId = parseThingId('example:mycar:wheel_1');
const policyId = parsePolicyId('example:policy');
const ditto = parseSubjectId('nginx:ditto');
const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

const content = {
  thingId,
  policyId,
  attributes: { _parents: 'example:mycar', secret: 1 },
  features: { idSimulationRun: { properties: { value: 'run-1' } }, velocity: { properties: { value: 44 } } },
};

function policy(revoked: readonly string[] = []): Policy {
  const resources = Object.fromEntries([
    ['thing:/', { grant: ['READ'], revoke: [] }],
    ...revoked.map((path) => [`thing:${path}`, { grant: [], revoke: ['READ'] }] as const),
  ]) as Policy['entries'][string]['resources'];
  return {
    policyId,
    imports: {},
    entries: { owner: { subjects: { [ditto]: { type: 't' } }, resources, importable: 'implicit' } },
  };
}

function event(change: Partial<ThingEvent> = {}): ThingEvent {
  const value = { velocity: { properties: { value: 45 } } };
  return {
    entity: 'thing',
    id: thingId,
    action: 'merged',
    revision: 2,
    timestamp: 0,
    path: ['features'],
    value,
    headers: { 'ditto-originator': ditto },
    ...change,
  };
}

function setUp(
  options: {
    revoked?: readonly string[];
    config?: Partial<TwinEventTargetConfig>;
    publish?: (message: OutboundMessage) => Promise<PublishOutcome>;
  } = {},
) {
  const published: OutboundMessage[] = [];
  let listener: (recorded: RecordedEvent) => void = () => undefined;
  const enforcer = compileEnforcer(policy(options.revoked), [ditto], 0);
  const state = { thing: parseStoredThing(content), revision: 2, created: 0, modified: 0, deleted: false };
  const target = new TwinEventTarget(
    { ...OPENTWINS_TARGET, subjects: [ditto], ...options.config },
    {
      feed: {
        follow: () => ({ stop: () => Promise.resolve() }),
        watch: (taken) => {
          listener = taken;
          return { stop: () => Promise.resolve() };
        },
      },
      states: { thing: () => Promise.resolve(state), policy: () => Promise.resolve(undefined) },
      enforcers: { rights: () => Promise.resolve({ validUntil: Infinity, on: () => enforcer }) },
    },
    {
      publish: options.publish ?? ((message) => (published.push(message), Promise.resolve(PUBLISHED))),
      hasReceivers: () => true,
    },
    silent,
  );
  target.start();
  let position = 0;
  return { target, published, commit: (committed: ThingEvent) => listener({ position: ++position, event: committed }) };
}

function json(message: OutboundMessage | undefined): JsonObject {
  const value = parseJson(String(message?.payload ?? 'null'));
  return isJsonObject(value) ? value : {};
}

describe('TwinEventTarget', () => {
  it('publishes an event as OpenTwins wants it, with what Telegraf reads from extra', async () => {
    const { target, published, commit } = setUp();
    commit(event());
    await target.stop();
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({ address: 'opentwins/twin/events/example/mycar:wheel_1', qos: 1 });
    expect(json(published[0])).toEqual({
      topic: 'example/mycar:wheel_1/things/twin/events/merged',
      headers: {
        'ditto-originator': 'nginx:ditto',
        'content-type': 'application/merge-patch+json',
        'entity-revision': 2,
        version: 2,
      },
      path: '/features',
      value: { velocity: { properties: { value: 45 } } },
      extra: {
        thingId,
        attributes: { _parents: 'example:mycar' },
        features: { idSimulationRun: { properties: { value: 'run-1' } } },
      },
      revision: 2,
      timestamp: '1970-01-01T00:00:00Z',
    });
  });

  it('sends on the trace that the event belongs to, as a step of its own that is the same when it is sent again', async () => {
    const { target, published, commit } = setUp();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    for (const revision of [2, 2, 3])
      commit(event({ revision, headers: { 'correlation-id': 'c', traceparent, tracestate: 'vendor=1' } }));
    await target.stop();
    const [first, again, other] = published.map(({ headers }) => headers);
    expect(first).toMatchObject({
      'correlation-id': 'c',
      traceparent: expect.stringMatching(
        /^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/,
      ) as string,
      tracestate: 'vendor=1',
    });
    expect(again).toEqual(first);
    expect(other?.['traceparent']).not.toBe(first?.['traceparent']);
  });

  it('leaves out what its subjects may not read, and events of which they may read nothing', async () => {
    const { target, published, commit } = setUp({
      revoked: ['/features/velocity', '/attributes/_parents', '/attributes/secret'],
    });
    commit(event({ value: { velocity: {}, gps: { properties: { value: 1 } } } }));
    commit(event({ path: ['attributes', 'secret'], value: 2, action: 'modified' }));
    const { value: _value, ...deletion } = event({ path: ['attributes', 'secret'], action: 'deleted' });
    commit(deletion);
    await target.stop();
    expect(published).toHaveLength(1);
    expect(json(published[0])).toMatchObject({ value: { gps: { properties: { value: 1 } } } });
    expect(published[0]?.payload).not.toContain('velocity');
    expect(published[0]?.payload).not.toContain('_parents');
    expect(target.counters()).toMatchObject({ published: 1, filtered: 2 });
  });

  it('publishes a deletion without a value', async () => {
    const { target, published, commit } = setUp();
    const { value: _value, ...deletion } = event({ path: ['features', 'velocity'], action: 'deleted' });
    commit(deletion);
    await target.stop();
    expect(json(published[0])).not.toHaveProperty('value');
  });

  it('keeps the order and drops, counted, what its queue cannot hold', async () => {
    let release = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const order: unknown[] = [];
    const publish = async (message: OutboundMessage) => {
      await stuck;
      order.push(json(message)['revision']);
      return PUBLISHED;
    };
    const { target, commit } = setUp({ config: { queue: 5 }, publish });
    for (let revision = 1; revision <= 8; revision++) commit(event({ revision }));
    release();
    await target.stop();
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(target.counters()).toEqual({ published: 5, filtered: 0, dropped: 3, failed: 0, waiting: 0 });
  });

  it('goes on after a message that the transport refuses', async () => {
    let calls = 0;
    const { target, commit } = setUp({
      publish: () => (calls++ === 0 ? Promise.reject(new Error('no')) : Promise.resolve(PUBLISHED)),
    });
    commit(event());
    commit(event());
    await target.stop();
    expect(target.counters()).toMatchObject({ published: 1, failed: 1 });
  });

  it('filters events for which the address does not resolve, and refuses an address that never can', async () => {
    const { target, commit } = setUp({ config: { address: 'x/{{ header:site }}' } });
    commit(event());
    await target.stop();
    expect(target.counters()).toMatchObject({ published: 0, filtered: 1 });
    expect(() => setUp({ config: { address: '{{ nothing:here }}' } })).toThrow(
      expect.objectContaining({ code: 'placeholder:unresolved' }),
    );
  });
});
