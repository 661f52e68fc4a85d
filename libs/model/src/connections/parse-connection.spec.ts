import fc from 'fast-check';

import { withValueAt } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { defaultMqttConnection } from './default-mqtt-connection.js';
import { parseConnection, parseConnections } from './parse-connection.js';

const source = { addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] };
const target = {
  address: 'events/{{ thing:id }}',
  topics: ['_/_/things/twin/events'],
  qos: 1,
  authorizationContext: ['nginx:ditto'],
};
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';

const tunnel = {
  uri: 'ssh://jump:2222',
  credentials: { type: 'plain', username: 'me', password: 'hunter2' },
  knownHosts: ['SHA256:x'],
};

function json(change: JsonObject = {}): JsonObject {
  return {
    id: 'cars',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    uri: 'tcp://device:p%40ss%3Aword@broker.example:1884',
    sources: [source],
    targets: [target],
    ...change,
  };
}

const CODES =
  /^connectivity:(connection\.configuration\.invalid|connection\.uri\.invalid|topic\.invalid|message\.mapper\.config\.invalid)$/;

/** Paths and texts of what is wrong. */
function faults(value: JsonValue): string {
  try {
    parseConnection(value);
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(CODES), status: 400 });
    return error instanceof Error ? error.message : '';
  }
  return '';
}

describe('parseConnection', () => {
  it('reads what Ditto has, with its defaults', () => {
    expect(parseConnection(json())).toMatchObject({
      id: 'cars',
      type: 'mqtt-5',
      status: 'open',
      uri: { scheme: 'tcp', host: 'broker.example', port: 1_884, username: 'device', password: 'p@ss:word' },
      sources: [{ addresses: ['telemetry/#'], qos: 1, subjects: ['nginx:ditto'] }],
      targets: [{ address: { text: 'events/{{ thing:id }}' }, topics: [{}], qos: 1, subjects: ['nginx:ditto'] }],
      failoverEnabled: true,
      tls: { validateCertificates: true },
      specificConfig: {
        clientId: 'gemel-cars',
        publisherId: 'gemel-carsp',
        separatePublisherClient: false,
        cleanSession: false,
        reconnectForRedeliveryDelayMs: 2_000,
        keepAliveSeconds: 60,
      },
    });
  });

  it('reads everything that is supported', () => {
    const connection = parseConnection(
      json({
        name: 'Cars',
        connectionStatus: 'closed',
        uri: 'ssl://[::1]',
        failoverEnabled: false,
        validateCertificates: false,
        ca: PEM,
        credentials: { type: 'client-cert', cert: PEM, key: KEY },
        clientCount: 1,
        processorPoolSize: 5,
        sshTunnel: { enabled: false },
        mappingDefinitions: {},
        tags: ['a'],
        _revision: 7,
        sources: [
          {
            ...source,
            consumerCount: 1,
            payloadMapping: ['Ditto'],
            declaredAcks: [],
            acknowledgementRequests: { includes: ['twin-persisted'], filter: 'fn:filter(header:qos,"ne","0")' },
            enforcement: { input: '{{ source:address }}', filters: ['telemetry/{{ thing:name }}'] },
            headerMapping: { 'Device-Id': '{{ header:device_id }}' },
            replyTarget: { enabled: false, address: '{{ header:reply-to }}', expectedResponseTypes: ['response'] },
          },
        ],
        specificConfig: {
          clientId: 'me',
          publisherId: 'mine',
          cleanSession: 'true',
          reconnectForRedelivery: 'false',
          reconnectForRedeliveryDelay: '500ms',
          separatePublisherClient: true,
          keepAlive: '2m',
          lastWillTopic: 'gone',
          lastWillQos: '1',
          lastWillRetain: 'true',
          lastWillMessage: 'bye',
        },
      }),
    );
    expect(connection).toMatchObject({
      uri: { scheme: 'ssl', host: '::1', port: 8_883, username: undefined, password: undefined },
      tls: { validateCertificates: false, ca: PEM, clientCertificate: { cert: PEM, key: KEY } },
      specificConfig: {
        clientId: 'me',
        publisherId: 'mine',
        cleanSession: true,
        reconnectForRedeliveryDelayMs: 500,
        separatePublisherClient: true,
        keepAliveSeconds: 120,
        lastWill: { topic: 'gone', qos: 1, retain: true, message: 'bye' },
      },
    });
    expect([...(connection.sources[0]?.headerMapping?.keys() ?? [])]).toEqual(['device-id']);
  });

  it('reads how payloads are mapped, acknowledged and answered', () => {
    const connection = parseConnection(
      json({
        mappingDefinitions: {
          script: {
            mappingEngine: 'JavaScript',
            options: { incomingScript: 'function mapToDittoProtocolMsg() {}', loadLongJS: 'true' },
            incomingConditions: { typed: "fn:filter(header:content-type,'exists')" },
          },
        },
        sources: [
          {
            ...source,
            authorizationContext: ['device:{{ header:device_id }}', 'nginx:ditto'],
            payloadMapping: ['Ditto', 'script'],
            declaredAcks: ['{{connection:id}}:seen'],
            acknowledgementRequests: {
              includes: ['twin-persisted', '{{ connection:id }}:seen'],
              filter: "fn:filter(header:qos,'ne','0')",
            },
            replyTarget: { address: 'replies', expectedResponseTypes: ['response', 'nack'] },
          },
          { ...source, replyTarget: { enabled: false } },
          source,
        ],
        targets: [
          { ...target, payloadMapping: ['script'], issuedAcknowledgementLabel: '{{connection:id}}:sent' },
          { ...target, topics: ['_/_/policies/announcements?namespaces=a', '_/_/connections/announcements'] },
        ],
      }),
    );
    const [first, second, third] = connection.sources;
    expect(first).toMatchObject({
      subjects: [],
      subjectTemplates: [{ text: 'device:{{ header:device_id }}' }, { text: 'nginx:ditto' }],
      payloadMapping: [
        { name: 'Ditto', mapper: { kind: 'mapper' } },
        {
          name: 'script',
          mapper: { kind: 'script', script: { outgoing: undefined, loadsByteBuffer: false, loadsLong: true } },
          incomingConditions: [{}],
          outgoingConditions: [],
        },
      ],
      declaredAcks: ['cars:seen'],
      acknowledgementRequests: { includes: ['twin-persisted', 'cars:seen'] },
      replyTarget: { address: { text: 'replies' }, expectedResponseTypes: new Set(['response', 'nack']) },
    });
    expect(second?.replyTarget).toBeUndefined();
    expect(third).toMatchObject({
      payloadMapping: [{ name: 'Ditto' }],
      declaredAcks: [],
      replyTarget: {
        address: { text: '{{ header:reply-to }}' },
        expectedResponseTypes: new Set(['response', 'error']),
      },
    });
    expect(connection.targets[0]).toMatchObject({ payloadMapping: [{ name: 'script' }], issuedAck: 'cars:sent' });
    expect(connection.targets[1]?.topics.map(({ signals }) => signals)).toEqual([
      'policy-announcements',
      'connection-announcements',
    ]);
  });

  it('reads the parameters of a topic, percent-encoded or not', () => {
    const topics = [
      '_/_/things/twin/events?namespaces=a,b.c&filter=gt(attributes/n,1)&extraFields=thingId,attributes(x)',
      '_/_/things/twin/events?filter=eq(attributes%2Fname,%22100%25%20%26%22)',
      '_/_/things/twin/events?filter=like(attributes/name,"100%")',
    ];
    const [first, second, third] = parseConnection(json({ targets: [{ ...target, topics }] })).targets[0]?.topics ?? [];
    expect(first).toMatchObject({ namespaces: ['a', 'b.c'], filter: 'gt(attributes/n,1)' });
    expect([...(first?.extraFields?.children.keys() ?? [])]).toEqual(['thingId', 'attributes']);
    expect(second?.filter).toBe('eq(attributes/name,"100% &")');
    expect(third?.filter).toBe('like(attributes/name,"100%")');
  });

  it.each<[JsonObject, RegExp]>([
    [{ id: 'no spaces' }, /\/id must be 1 to 100 letters/],
    [{ id: null }, /\/id must be an id/],
    [{ connectionType: 'carrier-pigeon' }, /\/connectionType must be one of mqtt, mqtt-5/],
    [{ connectionType: 'constructor' }, /\/connectionType must be one of mqtt, mqtt-5/],
    [{ connectionStatus: 'ajar' }, /\/connectionStatus must be one of open, closed/],
    [{ uri: 'amqp://broker' }, /\/uri must begin with one of tcp:\/\/, mqtt:\/\//],
    [{ uri: 'tcp://broker:0' }, /\/uri must have a port/],
    [{ uri: 'broker:1883' }, /\/uri must be scheme:\/\/user:password@host:port/],
    [{ uri: 'tcp://a:%@broker:1883' }, /\/uri must have user and password percent-encoded/],
    [{ uri: 'tcp://a:b/c@broker' }, /\/uri must be scheme/],
    [{ uri: 'constructor://broker' }, /\/uri must begin with/],
    [{ sources: [], targets: [] }, /\/sources and \/targets are both empty/],
    [{ sources: {} }, /\/sources must be a list of objects/],
    [{ sources: ['telemetry'] }, /\/sources\/0 must be an object/],
    [{ sources: [{ ...source, addresses: [] }] }, /\/sources\/0\/addresses must hold at least one/],
    [{ sources: [{ ...source, addresses: ['a#'] }] }, /\/sources\/0\/addresses\/0 must be an MQTT topic filter/],
    [{ sources: [{ ...source, addresses: ['a/#/b'] }] }, /\/sources\/0\/addresses\/0 must be an MQTT topic filter/],
    [{ sources: [{ ...source, addresses: ['a', 'b+'] }] }, /\/sources\/0\/addresses\/1 must be an MQTT topic filter/],
    [{ sources: [{ ...source, addresses: [7] }] }, /\/sources\/0\/addresses\/0 must be a text/],
    [{ sources: [{ ...source, qos: 3 }] }, /\/sources\/0\/qos must be an integer from 0 to 2/],
    [{ sources: [{ ...source, qos: null }] }, /\/sources\/0\/qos must be an integer from 0 to 2/],
    [{ sources: [{ ...source, authorizationContext: [] }] }, /\/sources\/0\/authorizationContext must hold/],
    [{ sources: [{ ...source, authorizationContext: ['x'] }] }, /\/sources\/0\/authorizationContext\/0 is not valid/],
    [{ sources: [{ ...source, consumerCount: 0 }] }, /\/sources\/0\/consumerCount must be an integer from 1 to 100/],
    [{ sources: Array.from({ length: 5 }, () => source) }, /\/sources must be 4 at most, there are 5/],
    [{ targets: Array.from({ length: 5 }, () => target) }, /\/targets must be 4 at most, there are 5/],
    [{ sources: [{ ...source, payloadMapping: ['JavaScript'] }] }, /payloadMapping\/0 is 'JavaScript', which/],
    [{ sources: [{ ...source, payloadMapping: ['constructor'] }] }, /payloadMapping\/0 is 'constructor', which/],
    [{ sources: [{ ...source, payloadMapping: Array(11).fill('Ditto') }] }, /names 11 mappers; 10 may be/],
    [
      { sources: [{ ...source, replyTarget: { address: '{{ x }}' } }] },
      /\/sources\/0\/replyTarget\/address is not valid/,
    ],
    [
      { sources: [{ ...source, replyTarget: { expectedResponseTypes: ['x'] } }] },
      /expectedResponseTypes\/0 must be one of/,
    ],
    [{ sources: [{ ...source, declaredAcks: ['bikes:x'] }] }, /\/sources\/0\/declaredAcks\/0 must begin with/],
    [{ sources: [{ ...source, declaredAcks: ['{{connection:id}}: x'] }] }, /declaredAcks\/0 must be the label/],
    [
      { sources: [{ ...source, acknowledgementRequests: { includes: ['{{ header:x }}'] } }] },
      /includes\/0 must be the/,
    ],
    [{ sources: [{ ...source, acknowledgementRequests: { filter: 'x' } }] }, /acknowledgementRequests\/filter is not/],
    [{ sources: [{ ...source, enforcement: { input: '{{ source:colour }}', filters: ['x'] } }] }, /enforcement\/input/],
    [{ sources: [{ ...source, enforcement: { input: 'x' } }] }, /\/sources\/0\/enforcement\/filters must hold/],
    [{ sources: [{ ...source, headerMapping: { 'a/b': 1 } }] }, /\/sources\/0\/headerMapping\/a~1b must be a text/],
    [{ sources: [{ ...source, adresses: ['x'] }] }, /\/sources\/0\/adresses is not known here; there are .*addresses/],
    [{ targets: [{ ...target, address: '{{ thing:colour }}' }] }, /\/targets\/0\/address is not valid/],
    [{ targets: [{ ...target, address: 'events/#' }] }, /\/targets\/0\/address must be an MQTT topic name/],
    [{ targets: [{ ...target, topics: [] }] }, /\/targets\/0\/topics must hold/],
    [
      { targets: [{ ...target, topics: ['events'] }] },
      /\/targets\/0\/topics\/0 must be one of _\/_\/things\/twin\/events/,
    ],
    [
      { targets: [{ ...target, topics: ['_/_/things/twin/events?filter=eq('] }] },
      /\/targets\/0\/topics\/0 is not valid/,
    ],
    [{ targets: [{ ...target, topics: ['_/_/things/twin/events?colour=red'] }] }, /the parameter 'colour'/],
    [{ targets: [{ ...target, issuedAcknowledgementLabel: 'bikes:x' }] }, /issuedAcknowledgementLabel must begin with/],
    [{ clientCount: 0 }, /\/clientCount must be an integer from 1 to 1000/],
    [
      { clientCount: 2, targets: [{ ...target, topics: ['_/_/connections/announcements'] }] },
      /\/clientCount must be 1 where/,
    ],
    [{ sshTunnel: { uri: 'ssh://x' } }, /\/sshTunnel\/credentials must be there/],
    [{ sshTunnel: { ...tunnel, uri: 'http://x' } }, /\/sshTunnel\/uri must begin with one of ssh:/],
    [{ sshTunnel: { ...tunnel, credentials: null } }, /\/sshTunnel\/credentials must be there/],
    [{ sshTunnel: { ...tunnel, knownHosts: [] } }, /\/sshTunnel\/knownHosts must hold at least one fingerprint/],
    [{ mappingDefinitions: { js: {} } }, /\/mappingDefinitions\/js\/mappingEngine must be one of Ditto, JavaScript/],
    [{ mappingDefinitions: { js: 7 } }, /\/mappingDefinitions\/js must be an object/],
    [{ mappingDefinitions: { js: { mappingEngine: 'Rhino' } } }, /js\/mappingEngine must be one of Ditto/],
    [{ mappingDefinitions: { js: { mappingEngine: 'JavaScript' } } }, /js\/options must be an object/],
    [{ mappingDefinitions: { js: { mappingEngine: 'Ditto', options: { a: 1 } } } }, /js\/options\/a is not known/],
    [
      { mappingDefinitions: { js: { mappingEngine: 'Ditto', incomingConditions: { a: 'header:x' } } } },
      /js\/incomingConditions\/a is not valid/,
    ],
    [
      { mappingDefinitions: { js: { mappingEngine: 'JavaScript', options: { incomingScript: 'x'.repeat(50_001) } } } },
      /js\/options\/incomingScript has 50001 bytes/,
    ],
    [{ credentials: { type: 'hmac' } }, /\/credentials\/type must be one of client-cert/],
    [{ credentials: { type: 'client-cert', cert: PEM } }, /\/credentials\/key must be there/],
    [{ ca: 'x' }, /\/ca must be PEM/],
    [{ specificConfig: { keepAlive: 'often' } }, /\/specificConfig\/keepAlive must be a time/],
    [{ specificConfig: { lastWillTopic: '#' } }, /\/specificConfig\/lastWillTopic must be/],
    [{ specificConfig: { groupId: 'x' } }, /\/specificConfig\/groupId is not known here/],
    [{ colour: 'red' }, /\/colour is not known here/],
  ])('refuses %j by its path', (change, expected) => {
    expect(faults(json(change))).toMatch(expected);
  });

  it('tells every fault at once', () => {
    const message = faults(json({ uri: 'x', sources: [{ ...source, qos: 7 }], targets: [{ ...target, topics: [] }] }));
    expect(message.match(/\/(uri|sources\/0\/qos|targets\/0\/topics) must/g)).toHaveLength(3);
    expect(message).toContain("'cars'");
  });

  it('never tells a secret', () => {
    const secret = 'hunter2';
    for (const uri of [`tcp://me:${secret}@`, `x://me:${secret}@broker`, `tcp://me:${secret}%@broker`, secret]) {
      expect(faults(json({ uri }))).not.toContain(secret);
    }
    const credentials = { type: 'client-cert', key: secret, cert: secret, password: secret };
    expect(faults(json({ credentials, ca: secret, specificConfig: { lastWillMessage: secret } }))).not.toContain(
      secret,
    );
  });

  it('answers any JSON in any place with a connection or an error of its own', () => {
    const paths = fc.constantFrom(
      ...['id', 'uri', 'sources', 'targets', 'ca', 'tags', 'specificConfig', 'credentials', 'x'].map((name) => [name]),
      ...['qos', 'addresses', 'enforcement', 'replyTarget', 'headerMapping', 'payloadMapping'].map((name) => [
        'source',
        name,
      ]),
      ...['address', 'topics', 'qos', 'authorizationContext'].map((name) => ['target', name]),
    );
    fc.assert(
      fc.property(paths, fc.jsonValue({ noUnicodeString: false }), (path, value) => {
        const [head = '', member] = path;
        const change = parsed(value);
        const whole =
          member === undefined
            ? withValueAt(json(), [head], change)
            : json({ [`${head}s`]: [{ ...(head === 'source' ? source : target), [member]: change }] });
        faults(whole);
        faults(change);
      }),
    );
  });
});

describe('a refused connection', () => {
  const thrown = (change: JsonObject): unknown => {
    try {
      return parseConnection(json(change));
    } catch (error) {
      return error;
    }
  };

  it.each<[JsonObject, string]>([
    [{ uri: 'x' }, 'connectivity:connection.uri.invalid'],
    [{ targets: [{ ...target, topics: ['events'] }] }, 'connectivity:topic.invalid'],
    [{ mappingDefinitions: { m: { mappingEngine: 'x' } } }, 'connectivity:message.mapper.config.invalid'],
    [{ uri: 'x', clientCount: 0 }, 'connectivity:connection.configuration.invalid'],
  ])('has a code of its own when all of %j is of one kind', (change, code) => {
    expect(thrown(change)).toMatchObject({ code, status: 400 });
  });

  it('may have members that nobody knows when Ditto is followed', () => {
    const unknown = { colour: 'red', sources: [{ ...source, colour: 'red' }] };
    expect(parseConnection(json(unknown), { unknownMembers: 'ignored' })).toMatchObject({ id: 'cars' });
  });

  it('may have more sources when the operator says so', () => {
    const sources = Array.from({ length: 5 }, () => source);
    expect(parseConnection(json({ sources }), { limits: { maxSources: 5, maxTargets: 1 } }).sources).toHaveLength(5);
  });
});

describe('parseConnections', () => {
  it('reads several, with different ids', () => {
    expect(parseConnections([json(), json({ id: 'bikes' })]).map(({ id }) => id)).toEqual(['cars', 'bikes']);
    expect(() => parseConnections([json(), json()])).toThrow(/\/1\/id must differ/);
    expect(() => parseConnections({})).toThrow(/must be a list/);
  });

  it('reads the default connection, whichever part of it is switched off', () => {
    const settings = { url: 'mqtt://broker', sources: ['telemetry/#'], target: 'x/{{ thing:id }}', subjects: ['a:b'] };
    expect(parseConnection(defaultMqttConnection(settings))).toMatchObject({
      id: 'default-mqtt',
      sources: [{ qos: 1 }],
      targets: [{ qos: 1 }],
    });
    expect(parseConnection(defaultMqttConnection({ ...settings, target: '' })).targets).toEqual([]);
    expect(parseConnection(defaultMqttConnection({ ...settings, sources: [] })).sources).toEqual([]);
  });
});

function parsed(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
