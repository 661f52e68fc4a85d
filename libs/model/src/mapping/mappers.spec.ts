import fc from 'fast-check';

import { parseConnection } from '../connections/index.js';
import { defineError } from '../errors/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseEnvelope, parseTopic } from '../protocol/index.js';
import { formatTopic } from '../protocol/index.js';
import type { PlaceholderContext } from '../placeholders/index.js';
import { mappers } from './mappers.js';
import { mappingByAlias } from './index.js';
import type { PayloadMapper } from './payload-mapper.js';

const NOW = Date.UTC(2024, 0, 6, 14, 23, 42, 123);

/** The mapper as a connection has it. */
function read(mappingEngine: string, options: JsonObject = {}): PayloadMapper {
  const source = { addresses: ['x'], qos: 0, authorizationContext: ['nginx:me'], payloadMapping: ['mine'] };
  const { sources } = parseConnection({
    id: 'c',
    connectionType: 'mqtt',
    uri: 'tcp://x',
    mappingDefinitions: { mine: { mappingEngine, options } },
    sources: [source],
  });
  const configured = sources[0]?.payloadMapping[0]?.mapper;
  if (configured?.kind !== 'mapper') throw new Error('no mapper');
  return configured.mapper;
}

function bytesOf(payload: JsonValue | Uint8Array): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

function mapIn(
  mapper: PayloadMapper,
  payload: JsonValue | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  context: PlaceholderContext = {},
) {
  const all = { headers, subjectId: 'nginx:me', now: NOW, ...context };
  return (mapper.incoming?.({ headers, payload: bytesOf(payload) }, all) ?? []).map(({ topic, ...rest }) => ({
    topic: formatTopic(topic),
    ...rest,
  }));
}

function mapOut(mapper: PayloadMapper, json: JsonObject) {
  const { topic: text } = json;
  const topic = parseTopic(typeof text === 'string' ? text : '');
  return mapper.outgoing?.({ topic, json }, { now: NOW }) ?? [];
}

const outJson = (mapper: PayloadMapper, json: JsonObject): JsonValue[] =>
  mapOut(mapper, json).map(({ payload }) => JSON.parse(String(payload)) as JsonValue);

describe('the mapper Ditto', () => {
  it('takes and gives Ditto Protocol messages', () => {
    const mapper = read('Ditto');
    const message = { topic: 'a/b/things/twin/commands/delete', path: '/', headers: {} };
    expect(mapIn(mapper, message)).toEqual([{ topic: message.topic, path: [], headers: {} }]);
    expect(outJson(mapper, message)).toEqual([message]);
    expect(() => mapIn(mapper, Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: 'json.invalid' }));
  });
});

describe('the mapper Normalized', () => {
  const event = (change: JsonObject): JsonObject => ({
    topic: 'a/car/things/twin/events/modified',
    headers: { 'content-type': 'application/json', 'entity-revision': 3 },
    path: '/features/sensor/properties/temperature/value',
    value: 42,
    revision: 3,
    timestamp: '2024-01-06T14:23:42Z',
    ...change,
  });
  const context = (change: JsonObject = {}) => {
    const { topic, path, value = null } = event(change);
    return { topic, path, value, headers: { 'content-type': 'application/json', 'entity-revision': '3' } };
  };
  const told = { _modified: '2024-01-06T14:23:42Z', _revision: 3 };

  it('puts what is new where it belongs in the thing', () => {
    expect(outJson(read('Normalized'), event({}))).toEqual([
      {
        thingId: 'a:car',
        features: { sensor: { properties: { temperature: { value: 42 } } } },
        ...told,
        _context: context(),
      },
    ]);
  });

  it('tells whole things, their deletion and what goes along', () => {
    const mapper = read('Normalized');
    const created = {
      topic: 'a/car/things/twin/events/created',
      path: '/',
      value: { thingId: 'a:car', attributes: { a: 1 } },
    };
    expect(outJson(mapper, event({ ...created, extra: { attributes: { a: 0, b: 2 }, policyId: 'a:p' } }))).toEqual([
      { thingId: 'a:car', policyId: 'a:p', attributes: { a: 1, b: 2 }, ...told, _context: context(created) },
    ]);
    const { value: _value, ...rest } = event({ topic: 'a/car/things/twin/events/deleted', path: '/' });
    expect(outJson(mapper, rest)).toEqual([
      {
        thingId: 'a:car',
        ...told,
        _deleted: '2024-01-06T14:23:42Z',
        _context: { ...context({ topic: 'a/car/things/twin/events/deleted', path: '/' }), value: null },
      },
    ]);
  });

  it('leaves the nulls of a merge out, and tells what they deleted when that is wished', () => {
    const merge = event({
      topic: 'a/car/things/twin/events/merged',
      path: '/',
      value: {
        attributes: { a: null, b: 1 },
        features: { f: null, g: { properties: { '{{ ~x~ }}': null, y: null } } },
      },
    });
    const [plain] = outJson(read('Normalized'), merge);
    expect(plain).toMatchObject({ thingId: 'a:car', attributes: { b: 1 } });
    expect(plain).not.toHaveProperty('features');
    const [all] = outJson(read('Normalized', { includeDeletedFields: 'true' }), merge);
    const when = '2024-01-06T14:23:42Z';
    expect(all).toMatchObject({
      _deletedFields: { attributes: { a: when }, features: { f: when, g: { properties: { y: when } } } },
    });
    expect(JSON.stringify((all as JsonObject)['_deletedFields'])).not.toContain('~x~');
  });

  it('tells deleted parts only when that is wished', () => {
    const { value: _value, ...deletion } = event({ topic: 'a/car/things/twin/events/deleted', path: '/attributes/a' });
    expect(outJson(read('Normalized'), deletion)).toEqual([]);
    expect(outJson(read('Normalized', { includeDeletedFields: true }), deletion)).toMatchObject([
      { thingId: 'a:car', _deletedFields: { attributes: { a: '2024-01-06T14:23:42Z' } } },
    ]);
  });

  it('sends the fields that are wished', () => {
    const mapper = read('Normalized', { fields: 'thingId,_context(topic)' });
    expect(outJson(mapper, event({}))).toEqual([
      { thingId: 'a:car', _context: { topic: 'a/car/things/twin/events/modified' } },
    ]);
    expect(() => read('Normalized', { fields: 'a(' })).toThrow('/options/fields is not valid');
  });

  it.each(['a/car/things/twin/commands/modify', 'a/car/things/live/messages/x', 'a/p/policies/events/modified'])(
    'drops %s',
    (topic) => expect(outJson(read('Normalized'), event({ topic }))).toEqual([]),
  );

  it('takes nothing in, and keeps keys such as __proto__', () => {
    expect(mapIn(read('Normalized'), '{}')).toEqual([]);
    const [out] = mapOut(read('Normalized'), event({ path: '/attributes/__proto__/x' }));
    expect(String(out?.payload)).toContain('"attributes":{"__proto__":{"x":42}}');
  });
});

describe('the mapper ConnectionStatus', () => {
  const mapper = read('ConnectionStatus', { thingId: '{{ header:device_id }}' });
  const headers = { device_id: 'a:car', 'creation-time': '1571214120000' };
  const status = (readySince: string, readyUntil: string) => ({
    definition: ['org.eclipse.ditto:ConnectionStatus:1.0.0'],
    properties: { status: { readySince, readyUntil } },
  });
  const quiet = { 'response-required': false, 'requested-acks': [] };

  it.each([
    ['300', ['features', 'ConnectionStatus'], status('2019-10-16T08:22:00Z', '2019-10-16T08:27:00Z')],
    ['-1', ['features', 'ConnectionStatus'], status('2019-10-16T08:22:00Z', '9999-12-31T23:59:59Z')],
    ['0', ['features', 'ConnectionStatus', 'properties', 'status', 'readyUntil'], '2019-10-16T08:22:00Z'],
  ])('writes until when a device with ttd %s is there', (ttd, path, value) => {
    expect(mapIn(mapper, '', { ...headers, ttd })).toEqual([
      { topic: 'a/car/things/twin/commands/modify', headers: quiet, path, value },
    ]);
  });

  it.each([
    [{}],
    [{ ttd: '-2' }],
    [{ ttd: 'soon' }],
    [{ ttd: '1', 'creation-time': '-1' }],
    [{ ttd: '1', 'creation-time': 'x' }],
    [{ ttd: '1', device_id: 'no id' }],
    [{ ttd: '1'.repeat(30) }],
  ])('maps %j to nothing', (change) => expect(mapIn(mapper, '', { ...headers, ...change })).toEqual([]));

  it('names the feature as it is told, and what is wrong with its options', () => {
    const other = read('ConnectionStatus', { thingId: 'a:b', featureId: '{{ header:f }}' });
    expect(mapIn(other, '', { ...headers, ttd: '1', f: 'x' })[0]?.path).toEqual(['features', 'x']);
    expect(mapIn(other, '', { ...headers, ttd: '1' })).toEqual([]);
    expect(() => read('ConnectionStatus')).toThrow('/options/thingId must be');
    expect(() => read('ConnectionStatus', { thingId: 'nothing' })).toThrow('/options/thingId is not valid');
    expect(() => read('ConnectionStatus', { thingId: '{{ x }}' })).toThrow('/options/thingId is not valid');
  });
});

describe('the mapper RawMessage', () => {
  const mapper = read('RawMessage');
  const headers = { 'ditto-message-thing-id': 'a:car', 'ditto-message-subject': 'heat/up' };

  it('wraps payloads as their content type says', () => {
    expect(mapIn(mapper, Uint8Array.of(1, 2, 255), headers)).toEqual([
      {
        topic: 'a/car/things/live/messages/heat/up',
        headers: { 'content-type': 'application/octet-stream' },
        path: ['inbox', 'messages', 'heat', 'up'],
        value: 'AQL/',
      },
    ]);
    const more = { 'ditto-message-direction': 'FROM', 'ditto-message-feature-id': 'tank', status: '200' };
    expect(mapIn(mapper, { a: 1 }, { ...headers, ...more, 'content-type': 'application/json' })).toMatchObject([
      { path: ['features', 'tank', 'outbox', 'messages', 'heat', 'up'], value: { a: 1 }, status: 200 },
    ]);
    expect(mapIn(mapper, 'hot', { ...headers, 'content-type': 'text/plain' })[0]?.value).toBe('hot');
    expect(mapIn(mapper, '', headers)[0]).not.toHaveProperty('value');
  });

  it('takes Ditto Protocol messages as they are', () => {
    const message = { topic: 'a/b/things/twin/commands/delete', path: '/' };
    expect(mapIn(mapper, message, { 'content-type': 'application/vnd.eclipse.ditto+json; x=y' })[0]?.topic).toBe(
      message.topic,
    );
  });

  it('takes what is missing from its options', () => {
    const configured = read('RawMessage', {
      outgoingContentType: 'application/json',
      incomingMessageHeaders: {
        'Ditto-Message-Subject': 'fixed',
        'ditto-message-thing-id': 'x:y',
        'content-type': 'text/plain',
      },
    });
    expect(mapIn(configured, 'z')).toMatchObject([{ topic: 'x/y/things/live/messages/fixed', value: 'z' }]);
    expect(mapOut(configured, { topic: 'a/b/things/live/messages/x', path: '/inbox/messages/x', value: 1 })).toEqual([
      {
        payload: '1',
        headers: {
          'content-type': 'application/json',
          'ditto-message-direction': 'TO',
          'ditto-message-subject': 'x',
          'ditto-message-thing-id': 'a:b',
        },
      },
    ]);
    expect(() => read('RawMessage', { incomingMessageHeaders: { status: '{{ x }}' } })).toThrow('/status is not valid');
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['without a thing', { 'ditto-message-subject': 'x' }, 'connectivity:message.mapping.failed'],
    ['without a subject', { 'ditto-message-thing-id': 'a:b' }, 'connectivity:message.mapping.failed'],
    ['of no thing', { ...headers, 'ditto-message-thing-id': '9/x' }, 'things:id.invalid'],
    ['with an odd subject', { ...headers, 'ditto-message-subject': 'a//b' }, 'messages:subject.invalid'],
    ['that goes nowhere', { ...headers, 'ditto-message-direction': 'UP' }, 'connectivity:message.mapping.failed'],
    ['with an odd status', { ...headers, status: '1e3' }, 'connectivity:message.mapping.failed'],
    ['that is no JSON', { ...headers, 'content-type': 'application/json' }, 'json.invalid'],
  ])('refuses a message %s', (_what, given, code) => {
    expect(() => mapIn(mapper, '{', given)).toThrow(expect.objectContaining({ code }));
  });

  it('sends the payload of messages alone, and other signals whole', () => {
    const message = {
      topic: 'a/car/things/live/messages/heat',
      headers: { 'content-type': 'application/octet-stream' },
      path: '/features/tank/inbox/messages/heat',
      value: 'AQL/',
      status: 200,
    };
    expect(mapOut(mapper, message)).toEqual([
      {
        payload: Uint8Array.of(1, 2, 255),
        headers: {
          'content-type': 'application/octet-stream',
          status: '200',
          'ditto-message-subject': 'heat',
          'ditto-message-direction': 'TO',
          'ditto-message-thing-id': 'a:car',
          'ditto-message-feature-id': 'tank',
        },
      },
    ]);
    expect(mapOut(mapper, { ...message, headers: {}, value: 'hot' })[0]).toMatchObject({
      payload: 'hot',
      headers: { 'content-type': 'text/plain; charset=UTF-8' },
    });
    const { value: _value, ...empty } = message;
    expect(mapOut(mapper, empty)[0]?.payload).toBe('');
    const event = { topic: 'a/car/things/twin/events/deleted', path: '/', headers: {} };
    expect(outJson(mapper, event)).toEqual([event]);
    expect(() => mapOut(mapper, { ...message, value: 7 })).toThrow(
      expect.objectContaining({ code: 'connectivity:message.mapping.failed' }),
    );
  });

  it('brings any bytes through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const [envelope] = mapIn(mapper, bytes, headers);
        const json = { ...envelope, path: '/inbox/messages/heat/up' } as unknown as JsonObject;
        const [message] = mapOut(mapper, json);
        expect(message?.payload).toEqual(bytes);
      }),
    );
  });
});

describe('the mapper ImplicitThingCreation', () => {
  const thing = {
    thingId: '{{ header:device_id }}',
    _copyPolicyFrom: '{{ ref:things/a:template/policyId }}',
    attributes: {
      by: '{{ request:subjectId }}',
      at: '{{ time:now }}',
      '{{ header:key }}': 1,
      list: ['{{ header:device_id }}', 2],
    },
  };

  it('creates the thing unless it is there, with placeholders resolved in its tree', () => {
    const mapper = read('ImplicitThingCreation', { thing });
    expect(mapIn(mapper, 'anything', { device_id: 'a:car', key: 'quo"te' })).toEqual([
      {
        topic: 'a/car/things/twin/commands/create',
        headers: { 'If-None-Match': '*', 'allow-policy-lockout': true },
        path: [],
        value: {
          thingId: 'a:car',
          _copyPolicyFrom: '{{ ref:things/a:template/policyId }}',
          attributes: { by: 'nginx:me', at: '2024-01-06T14:23:42.123Z', 'quo"te': 1, list: ['a:car', 2] },
        },
      },
    ]);
    expect(mapper.isNoFailure?.(new (defineError('x', 412, () => ({ message: '' })))())).toBe(true);
    expect(mapper.isNoFailure?.(new (defineError('x', 400, () => ({ message: '' })))())).toBe(false);
  });

  it('takes the headers of its options', () => {
    const commandHeaders = { 'correlation-id': '{{ header:correlation-id }}', x: '{{ header:none }}' };
    const mapper = read('ImplicitThingCreation', {
      thing: { thingId: 'a:b' },
      commandHeaders,
      allowPolicyLockout: false,
    });
    expect(mapIn(mapper, '', { 'correlation-id': 'c' })[0]?.headers).toEqual({
      'If-None-Match': '*',
      'correlation-id': 'c',
      'allow-policy-lockout': false,
    });
  });

  it('refuses a message that lacks what it needs', () => {
    const mapper = read('ImplicitThingCreation', { thing });
    expect(() => mapIn(mapper, '', { key: 'x' })).toThrow(expect.objectContaining({ code: 'placeholder:unresolved' }));
    expect(() => mapIn(mapper, '', { key: 'x', device_id: 'no id' })).toThrow(
      expect.objectContaining({ code: 'things:id.invalid' }),
    );
  });

  it.each<[JsonObject, string]>([
    [{}, '/options/thing must be the JSON'],
    [{ thing: 'x' }, '/options/thing must be an object'],
    [{ thing: {} }, '/options/thing/thingId must be an id'],
    [{ thing: { thingId: 'x' } }, '/options/thing/thingId is not valid'],
    [{ thing: { thingId: 'a:b', policyId: 'x' } }, '/options/thing/policyId is not valid'],
    [{ thing: { thingId: 'a:b', attributes: '{{ x:y }}' } }, '/options/thing is not valid'],
    [{ thing: { thingId: 'a:b' }, commandHeaders: { a: '{{ x:y }}' } }, '/options/commandHeaders is not valid'],
  ])('finds what is wrong with %j', (options, fault) => {
    expect(() => read('ImplicitThingCreation', options)).toThrow(fault);
  });
});

describe('the mapper UpdateTwinWithLiveResponse', () => {
  const response = {
    topic: 'a/car/things/live/commands/retrieve',
    headers: { 'correlation-id': 'c' },
    path: '/features/f',
    value: { properties: { a: 1 } },
    status: 200,
  };

  it('merges what a device answers into its twin', () => {
    expect(mapIn(read('UpdateTwinWithLiveResponse'), response)).toEqual([
      {
        topic: 'a/car/things/twin/commands/merge',
        headers: { 'response-required': false, 'if-match': '*', 'correlation-id': 'c-merge-into-twin' },
        path: ['features', 'f'],
        value: { properties: { a: 1 } },
      },
    ]);
  });

  it('takes headers from its options, and leaves in them what does not resolve', () => {
    const put = [
      { key: '*/by', value: '{{ request:subjectId }}' },
      { key: '*/hint', value: '{{ header:hint }}' },
    ];
    const mapper = read('UpdateTwinWithLiveResponse', { dittoHeadersForMerge: { 'put-metadata': put } });
    expect(mapIn(mapper, response)[0]?.headers).toEqual({
      'put-metadata': [
        { key: '*/by', value: 'nginx:me' },
        { key: '*/hint', value: '{{ header:hint }}' },
      ],
      'correlation-id': 'c-merge-into-twin',
    });
  });

  it.each<[JsonValue]>([
    ['no JSON'],
    [{ ...response, topic: 'a/car/things/twin/commands/retrieve' }],
    [{ ...response, topic: 'a/car/things/live/commands/modify' }],
    [{ ...response, topic: 'a/car/things/live/messages/x' }],
    [{ ...response, topic: 'a/_/things/live/commands/retrieve' }],
    [{ ...response, status: 404 }],
    [{ ...response, status: null }],
    [{ topic: response.topic, path: '/', status: 200 }],
  ])('maps %j to nothing', (payload) => {
    expect(mapIn(read('UpdateTwinWithLiveResponse'), payload)).toEqual([]);
  });
});

describe('the mapper CloudEvents', () => {
  const mapper = read('CloudEvents');
  const message = { topic: 'a/car/things/twin/commands/modify', path: '/attributes/a', value: 1, headers: { x: 1 } };
  const binary = {
    'content-type': 'application/vnd.eclipse.ditto+json',
    'ce-specversion': '1.0',
    'ce-id': 'e-1',
    'ce-source': 's',
    'ce-type': 't',
  };
  const structured = { 'content-type': 'application/cloudevents+json' };
  const event = { specversion: '1.0', id: 'e-1', source: 's', type: 't' };
  const mapped = {
    topic: message.topic,
    path: ['attributes', 'a'],
    value: 1,
    headers: { x: 1, 'correlation-id': 'e-1' },
  };

  it.each<[string, JsonValue, Readonly<Record<string, string>>]>([
    ['binary', message, binary],
    ['structured', { ...event, data: message }, structured],
    ['structured with Base64', { ...event, data_base64: btoa(JSON.stringify(message)) }, structured],
  ])('takes a %s event', (_form, payload, headers) => expect(mapIn(mapper, payload, headers)).toEqual([mapped]));

  it.each<[string, JsonValue, Readonly<Record<string, string>>]>([
    ['without its attributes', message, { 'content-type': binary['content-type'] }],
    ['without an id', { ...event, id: null, data: message }, structured],
    ['without data', event, structured],
    ['that is no JSON', '{', structured],
  ])('refuses an event %s', (_what, payload, headers) => {
    expect(() => mapIn(mapper, payload, headers)).toThrow(
      expect.objectContaining({ code: 'connectivity:message.mapping.failed', status: 400 }),
    );
  });

  it('drops what is no event', () =>
    expect(mapIn(mapper, message, { 'content-type': 'application/json' })).toEqual([]));

  it('gives structured events, which it takes again', () => {
    const signal = { ...message, headers: { 'correlation-id': 'c' }, timestamp: '2024-01-06T14:23:42Z' };
    const [out] = mapOut(mapper, signal);
    expect(out?.headers).toEqual(structured);
    expect(JSON.parse(String(out?.payload))).toEqual({
      specversion: '1.0',
      id: 'c',
      source: 'https://github.com/eclipse-ditto/ditto',
      type: 'org.eclipse.ditto.outbound:things/twin/commands/modify',
      datacontenttype: 'application/vnd.eclipse.ditto+json',
      time: '2024-01-06T14:23:42Z',
      subject: 'a:car',
      data: signal,
    });
    expect(mapIn(mapper, String(out?.payload), structured)[0]).toMatchObject({ headers: { 'correlation-id': 'c' } });
  });
});

describe('mappers', () => {
  it('do by their names when they need no options', () => {
    const names = [...mappers.keys()].filter((name) => mappingByAlias(name) !== undefined);
    expect(names).toEqual(['Ditto', 'Normalized', 'RawMessage', 'UpdateTwinWithLiveResponse', 'CloudEvents']);
    expect(mappingByAlias('constructor')).toBeUndefined();
  });

  it('answer anything with Ditto Protocol messages or an error of their own', () => {
    const mapping = fc.constantFrom(
      read('Ditto'),
      read('RawMessage'),
      read('CloudEvents'),
      read('UpdateTwinWithLiveResponse'),
      read('ConnectionStatus', { thingId: '{{ header:a }}' }),
      read('ImplicitThingCreation', { thing: { thingId: '{{ header:a }}' } }),
    );
    const name = fc.constantFrom(
      'a',
      'content-type',
      'ttd',
      'creation-time',
      'ce-id',
      'status',
      'ditto-message-thing-id',
    );
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('a:b', 'application/json', 'application/cloudevents+json', '200'),
    );
    fc.assert(
      fc.property(mapping, fc.uint8Array(), fc.dictionary(name, text), (mapper, bytes, headers) => {
        try {
          for (const { topic, path } of mapIn(mapper, bytes, headers))
            parseEnvelope({ topic, path: `/${path.join('/')}` });
        } catch (error) {
          expect(error).toHaveProperty('status');
        }
      }),
    );
  });
});
