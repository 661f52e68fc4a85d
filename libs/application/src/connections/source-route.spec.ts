import { parseConnection } from '@gemel/model/connections';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { MessageMappingFailed } from '@gemel/model/mapping';
import { parseEnvelope, twinAckOf } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import type { ThingCommand } from '@gemel/model/things';
import { ThingNotAccessible } from '@gemel/model/things';
import { VirtualTimers } from '@gemel/testkit/memory';
import { AckCollections } from '../acks/index.js';
import { DEFAULT_INGEST_OPTIONS, FailureLog, Ingest, PayloadMappers, TwinAcks } from '../ingest/index.js';
import { PUBLISHED, StoreUnavailable } from '../ports/index.js';
import type { InboundMessage, Logger, MappingScripts, OutboundMessage } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingReply } from '../things/index.js';
import type { PatientTurns } from './patient-turns.js';
import { ConnectionMonitor } from './monitoring/index.js';
import { ReplyOutlet } from './reply-outlet.js';
import { SourceRoute } from './source-route.js';

const ignore = () => undefined;
const log: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const clock = { now: () => 1_000 };

/** A script here is a list: what is sent stands for one message each, `bad` for none that can be mapped. */
const scripts: MappingScripts = {
  open: (_script, name) =>
    Promise.resolve({
      incoming: ({ payload }) =>
        new TextDecoder()
          .decode(payload)
          .split(',')
          .map((value) => {
            if (value === 'bad') throw new MessageMappingFailed(name, 'it is bad');
            return parseEnvelope({ topic: 'example/car/things/twin/commands/modify', path: '/attributes/n', value });
          }),
      outgoing: ({ json }) => [{ headers: { made: name }, payload: `mapped ${JSON.stringify(json['status'])}` }],
      close: ignore,
    }),
};

const definitions = {
  script: { mappingEngine: 'JavaScript', options: { incomingScript: 'x' } },
  urgent: {
    mappingEngine: 'JavaScript',
    options: { incomingScript: 'x' },
    incomingConditions: { urgent: "fn:filter(header:urgent,'exists')" },
    outgoingConditions: { never: 'fn:delete()' },
  },
};

interface Sent {
  readonly address: string;
  readonly json: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

async function open(change: JsonObject = {}, refusing?: (command: ThingCommand) => Error | undefined) {
  const source = { addresses: ['in/#'], qos: 1, authorizationContext: ['nginx:ditto'], ...change };
  const connection = parseConnection({
    id: 'cars',
    connectionType: 'mqtt-5',
    uri: 'mqtt://broker',
    mappingDefinitions: definitions,
    sources: [source],
  });
  const [parsed] = connection.sources;
  if (parsed === undefined) throw new Error('no source');
  const executed: { command: ThingCommand; context: SignalContext }[] = [];
  const published: OutboundMessage[] = [];
  const things = {
    execute: (command: ThingCommand, context: SignalContext): Promise<ThingReply> => {
      const error = refusing?.(command);
      if (error !== undefined) return Promise.reject(error);
      executed.push({ command, context });
      const { thingId } = command;
      return Promise.resolve({ outcome: 'created', thingId, path: [], value: 7, revision: 3, etag: '"hash:1"' });
    },
  };
  const failures = new FailureLog(clock, log);
  const timers = new VirtualTimers();
  const collections = new AckCollections(timers);
  const acks = new TwinAcks(collections);
  const live = {
    take: (envelope: Envelope) => {
      const { correlationId, label, status } = twinAckOf(envelope);
      const { value, headers } = envelope;
      collections.receive(correlationId, { label, status, headers, payload: value });
      return Promise.resolve({});
    },
  };
  const ingest = new Ingest(
    things,
    failures,
    { uuid: () => 'generated' },
    {
      ...DEFAULT_INGEST_OPTIONS,
      acks,
      live,
      policies: {
        execute: ({ policyId }) =>
          Promise.resolve({ outcome: 'retrieved', policyId, path: [], value: {}, revision: 4 }),
      },
    },
  );
  const mappers = await PayloadMappers.open(parsed.payloadMapping, () => Promise.resolve(scripts));
  const publisher = {
    publish: (message: OutboundMessage) => {
      published.push(message);
      return Promise.resolve(PUBLISHED);
    },
    hasReceivers: () => true,
  };
  const monitor = new ConnectionMonitor(connection, clock);
  const replies = new ReplyOutlet(parsed, { publisher, mappers, connectionId: connection.id, clock, log, monitor });
  const turns: Pick<PatientTurns, 'run'> = { run: (_thingId, carryOut) => carryOut() };
  const route = new SourceRoute(parsed, {
    ...{ connectionId: connection.id, turns, clock, mappers, replies, monitor },
    ...{ diversion: connection.diversion, diversions: { divert: ignore }, index: 0 },
  });
  const receive = (payload: JsonValue, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const message: InboundMessage = {
      address: 'in/x',
      payload: new TextEncoder().encode(text),
      subjects: parsed.subjects,
      headers,
      source: 0,
    };
    return ingest.handleOn(message, route);
  };
  const answers = (): readonly Sent[] =>
    published.map(({ address, payload, headers }) => ({
      address,
      json: JSON.parse(String(payload)) as JsonObject,
      headers,
    }));
  return { receive, executed, published, answers, failures, ingest, timers };
}

const modify = (headers: JsonObject = {}): JsonObject => ({
  topic: 'example/car/things/twin/commands/modify',
  path: '/attributes/n',
  headers,
  value: 7,
});

/** What a message is refused with; undefined when it is not. */
function outcomeOf(settled: Promise<void>): Promise<unknown> {
  return settled.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const replyTo = { 'reply-to': 'answers', 'correlation-id': 'c-1' };

describe('a source', () => {
  describe('maps', () => {
    it('each message with every mapper whose conditions hold', async () => {
      const { receive, executed } = await open({ payloadMapping: ['script', 'urgent'] });
      await receive('a,b');
      await receive('c', { urgent: 'yes' });
      expect(executed.map(({ command }) => 'value' in command && command.value)).toEqual(['a', 'b', 'c', 'c']);
    });

    it('what one mapper can, when another one cannot', async () => {
      const { receive, executed, failures, ingest } = await open({ payloadMapping: ['script', 'Ditto'] });
      await expect(receive(modify())).resolves.toBeUndefined();
      await expect(receive('bad')).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      await expect(receive('1')).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      expect(executed).toHaveLength(3 + JSON.stringify(modify()).split(',').length - 1);
      expect(failures.recent().map(({ code }) => code)).toEqual([
        'json.invalid',
        'json.invalid',
        'connectivity:message.mapping.failed',
      ]);
      expect(ingest.counters()).toEqual({
        received: 3,
        applied: 1,
        failed: { 'connectivity:message.mapping.failed': 1, 'json.invalid': 1 },
      });
    });

    it('no message to more than ten', async () => {
      const { receive, executed, failures } = await open({ payloadMapping: ['script'] });
      await expect(receive(Array(11).fill('x').join(','))).rejects.toMatchObject({ status: 400 });
      expect(executed).toEqual([]);
      expect(failures.recent()[0]?.message).toContain('11 messages');
    });
  });

  describe('takes the subjects of a message', () => {
    const device = { authorizationContext: ['device:{{ header:device_id }}', 'nginx:ditto'] };

    it('from its headers', async () => {
      const { receive, executed } = await open(device);
      await receive(modify(), { device_id: 'seven' });
      expect(executed[0]?.context.subjects).toEqual(['device:seven', 'nginx:ditto']);
    });

    it('and refuses it without them', async () => {
      const { receive, executed, failures } = await open(device);
      await expect(receive(modify())).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      expect(executed).toEqual([]);
      expect(failures.recent()[0]?.code).toBe('placeholder:unresolved');
    });
  });

  describe('answers', () => {
    it('with the response, where the message says', async () => {
      const { receive, answers } = await open();
      await receive(modify(), replyTo);
      expect(answers()).toEqual([
        {
          address: 'answers',
          headers: { 'content-type': 'application/vnd.eclipse.ditto+json', 'correlation-id': 'c-1' },
          json: {
            topic: 'example/car/things/twin/commands/modify',
            headers: {
              'correlation-id': 'c-1',
              'content-type': 'application/json',
              etag: '"hash:1"',
              'entity-revision': 3,
              version: 2,
            },
            path: '/attributes/n',
            value: 7,
            status: 201,
          },
        },
      ]);
    });

    it('commands on policies, too', async () => {
      const { receive, answers } = await open();
      await receive({ topic: 'example/car/policies/commands/retrieve', path: '/entries' }, replyTo);
      expect(answers()).toMatchObject([
        {
          json: {
            topic: 'example/car/policies/commands/retrieve',
            path: '/entries',
            status: 200,
            value: {},
            headers: { 'entity-revision': 4 },
          },
        },
      ]);
    });

    it('with headers and an address of its own, mapped as its messages are', async () => {
      const { receive, published } = await open({
        payloadMapping: ['script', 'urgent'],
        headerMapping: { 'reply-to': '{{ header:to }}', 'correlation-id': '{{ header:id }}' },
        replyTarget: {
          address: '{{ header:reply-to }}/{{ thing:name }}/{{ topic:action }}',
          headerMapping: { of: '{{ header:correlation-id }}', where: '{{ resource:path }}', none: '{{ header:none }}' },
        },
      });
      await receive('x', { to: 'answers', id: 'c-2' });
      expect(published).toEqual([
        {
          address: 'answers/car/modify',
          payload: 'mapped 201',
          headers: { made: 'script', of: 'c-2', where: '/attributes/n' },
          qos: 1,
          group: 'example:car',
        },
      ]);
    });

    it('with a refusal', async () => {
      const { receive, answers } = await open({}, ({ thingId }) => new ThingNotAccessible(thingId));
      await expect(receive(modify(), replyTo)).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      expect(answers()).toMatchObject([
        {
          json: {
            topic: 'example/car/things/twin/errors',
            headers: { 'correlation-id': 'c-1' },
            path: '/',
            value: { status: 404, error: 'things:thing.notfound' },
            status: 404,
          },
        },
      ]);
    });

    it('what breaks the enforcement, and what cannot be read', async () => {
      const { receive, answers } = await open({
        enforcement: { input: '{{ header:device }}', filters: ['{{ thing:id }}'] },
      });
      await expect(receive(modify(), { ...replyTo, device: 'example:bike' })).rejects.toMatchObject({ status: 400 });
      await expect(receive('{', replyTo)).rejects.toMatchObject({ status: 400 });
      expect(answers()).toMatchObject([
        { json: { status: 400, value: { error: 'connectivity:connection.id.enforcement.failed' } } },
        {
          address: 'answers',
          json: { status: 400, headers: { 'correlation-id': 'c-1' }, value: { error: 'json.invalid' } },
        },
      ]);
      await receive(modify(), { ...replyTo, device: 'example:car' });
      expect(answers()).toHaveLength(3);
    });

    it.each<[string, JsonObject, JsonObject, Readonly<Record<string, string>>]>([
      ['nobody says where', {}, {}, {}],
      ['it is switched off', { replyTarget: { enabled: false } }, {}, replyTo],
      ['responses are not expected', { replyTarget: { expectedResponseTypes: ['error', 'nack'] } }, {}, replyTo],
      ['no response is wanted', {}, { 'response-required': false }, replyTo],
      ['no acknowledgement is wanted', {}, { 'requested-acks': [] }, replyTo],
    ])('nothing when %s', async (_what, source, headers, transport) => {
      const { receive, executed, published } = await open(source);
      await receive(modify(headers), transport);
      expect([executed.length, published.length]).toEqual([1, 0]);
    });

    it.each<[string, JsonObject, JsonObject]>([
      ['refusals are not expected', { replyTarget: { expectedResponseTypes: ['response'] } }, {}],
      ['no response is wanted', {}, { 'response-required': false }],
    ])('no refusal when %s', async (_what, source, headers) => {
      const { receive, published } = await open(source, ({ thingId }) => new ThingNotAccessible(thingId));
      await expect(receive(modify(headers), replyTo)).rejects.toMatchObject({ status: 400 });
      expect(published).toEqual([]);
    });

    it('nothing yet to what will be delivered again', async () => {
      const { receive, published } = await open({}, () => new StoreUnavailable('away'));
      await expect(receive(modify(), replyTo)).rejects.toBeInstanceOf(StoreUnavailable);
      expect(published).toEqual([]);
    });

    it('with a refusal to what passes but is not delivered again, at QoS 0', async () => {
      const { receive, answers } = await open({ qos: 0 }, () => new StoreUnavailable('away'));
      await expect(receive(modify(), replyTo)).rejects.toBeInstanceOf(StoreUnavailable);
      expect(answers()).toMatchObject([{ json: { topic: 'example/car/things/twin/errors', status: 503 } }]);
    });
  });

  describe('acknowledges', () => {
    const requests = { acknowledgementRequests: { includes: ['twin-persisted', '{{connection:id}}:seen'] } };
    const seen = (headers: JsonObject = { 'correlation-id': 'c-1' }, more: JsonObject = {}): JsonObject => ({
      topic: 'example/car/things/twin/acks/cars:seen',
      path: '/',
      headers,
      status: 200,
      value: { by: 'me' },
      ...more,
    });
    const declared = { declaredAcks: ['cars:seen'] };

    it('when all have, whom it asks, and answers with what they say', async () => {
      const { receive, executed, answers } = await open({ ...requests, ...declared });
      const settled = receive(modify(), replyTo);
      await receive(seen());
      await settled;
      expect(executed[0]?.context.headers).toEqual({ 'correlation-id': 'c-1', 'requested-acks': ['cars:seen'] });
      expect(answers()).toMatchObject([
        {
          json: {
            topic: 'example/car/things/twin/acks',
            headers: { 'correlation-id': 'c-1' },
            path: '/',
            status: 200,
            value: {
              'twin-persisted': { status: 201, payload: 7, headers: { etag: '"hash:1"' } },
              'cars:seen': { status: 200, payload: { by: 'me' } },
            },
          },
        },
      ]);
    });

    it('to be delivered again what is not acknowledged in time', async () => {
      const { receive, answers, timers, failures } = await open({
        ...requests,
        replyTarget: { expectedResponseTypes: ['nack'] },
      });
      const settled = outcomeOf(receive(modify({ timeout: '2s' }), replyTo));
      await timers.advance(2_000);
      expect(await settled).toMatchObject({ status: 424 });
      expect(answers()).toMatchObject([{ json: { status: 424, value: { 'cars:seen': { status: 408 } } } }]);
      expect(failures.recent()).toMatchObject([{ code: 'gemel:acknowledgement.missing', willBeRedelivered: true }]);
    });

    it.each([
      [400, 'gemel:message.unacceptable'],
      [503, 'gemel:acknowledgement.missing'],
      [204, undefined],
    ])('as a subscriber says with status %i', async (status, code) => {
      const { receive, answers } = await open({ ...declared, acknowledgementRequests: { includes: ['cars:seen'] } });
      const settled = outcomeOf(receive(modify({ 'requested-acks': '["cars:seen"]' }), replyTo));
      await receive(seen(undefined, { status }));
      expect(await settled).toEqual(code === undefined ? undefined : expect.objectContaining({ code }));
      expect(answers()).toMatchObject(
        code === undefined ? [{ json: { topic: 'example/car/things/twin/acks/cars:seen', status: 204 } }] : [],
      );
    });

    it('nothing that it does not ask for', async () => {
      const filter = "fn:filter(header:qos,'ne','0')";
      const { receive, executed, published } = await open({
        acknowledgementRequests: { ...requests.acknowledgementRequests, filter },
      });
      await receive(modify(), { ...replyTo, qos: '0' });
      await receive(modify({ 'requested-acks': [] }), { ...replyTo, qos: '1' });
      expect(executed.map(({ context }) => context.headers['requested-acks'])).toEqual([undefined, undefined]);
      expect(published).toEqual([]);
    });

    it.each<[string, JsonObject, JsonObject, string]>([
      ['a label that it does not declare', {}, seen(), 'acknowledgement:label.not.declared'],
      [
        'a label that it does not declare, for a live signal',
        {},
        seen(undefined, { topic: 'example/car/things/live/acks/cars:seen' }),
        'acknowledgement:label.not.declared',
      ],
      ['no correlation id', declared, seen({}), 'acknowledgement:correlation-id.missing'],
      [
        'a label of the server',
        declared,
        seen(undefined, { topic: 'example/car/things/twin/acks/twin-persisted' }),
        'acknowledgement:ditto.acklabel.forbidden',
      ],
      [
        'several at once',
        declared,
        seen(undefined, { topic: 'example/car/things/twin/acks' }),
        'protocoladapter:unknown.signal',
      ],
    ])('nothing with %s', async (_what, source, message, code) => {
      const { receive, failures } = await open(source);
      await expect(receive(message)).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      expect(failures.recent()).toMatchObject([{ code }]);
    });

    it('nothing twice under one correlation id', async () => {
      const { receive, timers } = await open(requests);
      const first = outcomeOf(receive(modify(), replyTo));
      await expect(receive(modify(), replyTo)).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      await timers.advance(60_000);
      expect(await first).toMatchObject({ status: 424 });
    });
  });
});
