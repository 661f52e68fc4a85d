import type { JsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { ThingCommand } from '@gemel/model/things';
import { ThingNotAccessible } from '@gemel/model/things';
import { RevisionConflict, StoreUnavailable } from '../ports/index.js';
import type { InboundMessage, LogFields, Logger } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { FailureLog } from './failure-log.js';
import { Ingest } from './ingest.js';

const HOUR = 3_600_000;
const ditto = parseSubjectId('nginx:ditto');

function setUp(failing?: (command: ThingCommand) => Error | undefined, beginsTraces = false) {
  const executed: { command: ThingCommand; context: SignalContext }[] = [];
  const lines: { level: string; fields: LogFields }[] = [];
  const line = (level: string) => (fields: LogFields) => void lines.push({ level, fields });
  const log: Logger = { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') };
  const time = { now: 1_000 };
  const failures = new FailureLog({ now: () => time.now }, log);
  const things = {
    execute(command: ThingCommand, context: SignalContext) {
      executed.push({ command, context });
      const error = failing?.(command);
      if (error !== undefined) return Promise.reject(error);
      return Promise.resolve({ outcome: 'modified', thingId: command.thingId, path: [], revision: 1 } as const);
    },
  };
  let id = 0;
  const ingest = new Ingest(things, failures, { uuid: () => `id-${++id}` }, { maxPayloadBytes: 10_000, beginsTraces });
  return { ingest, executed, failures, lines, time };
}

function message(content: JsonObject | string | Uint8Array, more: Partial<InboundMessage> = {}): InboundMessage {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const payload = content instanceof Uint8Array ? content : new TextEncoder().encode(text);
  return { address: 'telemetry/x', payload, subjects: [ditto], headers: {}, ...more };
}

const merge = (headers: JsonObject = {}): JsonObject => ({
  topic: 'example/car/things/twin/commands/merge',
  headers,
  path: '/features',
  value: { velocity: { properties: { value: 44.07 } } },
});

describe('Ingest', () => {
  it('carries out a command on the authority of the sender', async () => {
    const { ingest, executed } = setUp();
    await ingest.handle(message(merge({ 'content-type': 'application/merge-patch+json' })));
    expect(executed).toEqual([
      {
        command: { kind: 'merge', thingId: 'example:car', path: ['features'], value: merge()['value'] },
        context: { subjects: ['nginx:ditto'], isPatient: true, headers: { 'correlation-id': 'id-1' } },
      },
    ]);
    expect(ingest.counters()).toEqual({ received: 1, applied: 1, failed: {} });
  });

  it('goes on with the trace that the message belongs to, as a step of its own', async () => {
    const { ingest, executed } = setUp();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await ingest.handle(message(merge({ Traceparent: traceparent, tracestate: 'vendor=1' })));
    await ingest.handle(message(merge({ traceparent: 'wrong', tracestate: 'vendor=1' })));
    expect(executed.map(({ context }) => context.headers)).toEqual([
      {
        'correlation-id': 'id-1',
        traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)/) as string,
        tracestate: 'vendor=1',
      },
      { 'correlation-id': expect.any(String) as string },
    ]);
  });

  it('begins a trace only when that is wished', async () => {
    const { ingest, executed } = setUp(undefined, true);
    await ingest.handle(message(merge()));
    expect(Object.keys(executed[0]?.context.headers ?? {})).toEqual(['correlation-id', 'traceparent']);
  });

  it('sends the correlation id and custom headers on, obeys conditions and keeps the rest to itself', async () => {
    const { ingest, executed } = setUp();
    const headers = {
      'Correlation-ID': 'c-1',
      'X-Run': 7,
      __proto__x: 'kept',
      'If-Match': '"rev:3"',
      condition: 'gt(attributes/a,1)',
      'Put-Metadata': [{ key: '*/by', value: { name: 'me' } }],
      'ditto-originator': 'forged:subject',
      'requested-acks': [],
      version: 2,
    };
    await ingest.handle(message(merge(headers)));
    expect(executed[0]?.context).toEqual({
      subjects: ['nginx:ditto'],
      isPatient: true,
      headers: { 'correlation-id': 'c-1', 'X-Run': 7, __proto__x: 'kept' },
      preconditions: { ifMatch: '"rev:3"' },
      condition: 'gt(attributes/a,1)',
      metadata: { put: [{ key: ['*', 'by'], value: { name: 'me' } }] },
    });
  });

  it.each<[string, InboundMessage, string]>([
    ['no JSON', message('{"topic":'), 'json.invalid'],
    ['no UTF-8', message(new Uint8Array([0x22, 0xff, 0x22])), 'json.invalid'],
    ['nothing', message(''), 'json.invalid'],
    ['no object', message('[1]'), 'json.invalid'],
    ['no path', message({ topic: 'a/b/things/twin/commands/merge' }), 'json.field.missing'],
    ['an unknown topic', message({ topic: 'a/b/c', path: '/' }), 'protocoladapter:unknown.topicpath'],
    ['an event', message({ topic: 'a/b/things/twin/events/deleted', path: '/' }), 'protocoladapter:unknown.signal'],
    ['a bad id', message({ topic: '9/b/things/twin/commands/delete', path: '/' }), 'things:id.invalid'],
    ['a payload that is too large', message('x'.repeat(10_001)), 'gemel:payload.toolarge'],
    ['nobody behind it', message(merge(), { subjects: [] }), 'gateway:authentication.failed'],
    ['a header that is not supported', message(merge({ 'Dry-Run': true })), 'header.notsupported'],
    ['metadata that cannot be read', message(merge({ 'Put-Metadata': [{ key: '' }] })), 'header.invalid'],
    ['headers without end', message(merge({ x: 'x'.repeat(6_000) })), 'headers.too.large'],
    ['a correlation id without end', message(merge({ 'correlation-id': 'x'.repeat(6_000) })), 'headers.too.large'],
    ['nesting without end', message('['.repeat(5_000)), 'json.invalid'],
  ])('confirms a message with %s and records why it has no effect', async (_what, bad, code) => {
    const { ingest, executed, failures } = setUp();
    await ingest.handle(bad);
    await ingest.handle(message(merge()));
    expect(failures.recent()).toEqual([
      expect.objectContaining({ address: 'telemetry/x', code, time: 1_000, willBeRedelivered: false }),
    ]);
    expect(ingest.counters()).toEqual({ received: 2, applied: 1, failed: { [code]: 1 } });
    expect(executed).toHaveLength(1);
  });

  it('confirms what the twin refuses', async () => {
    const { ingest, failures } = setUp(({ thingId }) => new ThingNotAccessible(thingId));
    await ingest.handle(message(merge({ 'correlation-id': 'c-1' })));
    expect(failures.recent()[0]).toMatchObject({
      code: 'things:thing.notfound',
      thingId: 'example:car',
      correlationId: 'c-1',
    });
  });

  it.each([new StoreUnavailable('the disk is full'), new RevisionConflict('example:car')])(
    'lets the transport deliver again after %s',
    async (error) => {
      const { ingest, failures } = setUp(() => error);
      await expect(ingest.handle(message(merge()))).rejects.toBe(error);
      expect(failures.recent()[0]?.willBeRedelivered).toBe(true);
    },
  );

  it('confirms a message that a fault of ours keeps from being applied, and calls for a person', async () => {
    const { ingest, lines } = setUp(() => new TypeError('bug'));
    await ingest.handle(message(merge()));
    expect(lines).toEqual([
      { level: 'error', fields: expect.objectContaining({ code: 'internalerror', reason: 'bug' }) },
    ]);
  });

  it('hands messages over in the order they came', async () => {
    const { ingest, executed } = setUp();
    const topics = Array.from({ length: 50 }, (_, index) => ({
      ...merge(),
      topic: `example/car${index}/things/twin/commands/merge`,
    }));
    await Promise.all(topics.map((topic) => ingest.handle(message(topic))));
    expect(executed.map(({ command }) => command.thingId)).toEqual(topics.map((_, index) => `example:car${index}`));
  });

  it('logs each kind of failure once an hour and shows only the beginning of a payload', async () => {
    const { ingest, failures, lines, time } = setUp();
    const bad = message(`{"secret${'x'.repeat(5_000)}`);
    for (let index = 0; index < 150; index++) await ingest.handle(bad);
    await ingest.handle({ ...bad, address: 'telemetry/y' });
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(failures.recent()).toHaveLength(100);
    expect(failures.recent()[0]).toMatchObject({ address: 'telemetry/y' });
    expect(failures.recent()[0]?.payload.length).toBeLessThan(130);
    time.now += HOUR;
    await ingest.handle(bad);
    expect(lines[2]?.fields).toMatchObject({ address: 'telemetry/x', sinceLogged: 149 });
  });
});
