import { KEY, PEM, SOURCE, TARGET, connectionJson } from '@gemel/testkit/connections';
import { defaultMqttConnection } from './default-mqtt-connection.js';
import { parseConnection, parseConnections } from './parse-connection.js';

describe('parseConnection', () => {
  it('reads what Ditto has, with its defaults', () => {
    expect(parseConnection(connectionJson())).toMatchObject({
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
      connectionJson({
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
            ...SOURCE,
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
      connectionJson({
        mappingDefinitions: {
          script: {
            mappingEngine: 'JavaScript',
            options: { incomingScript: 'function mapToDittoProtocolMsg() {}', loadLongJS: 'true' },
            incomingConditions: { typed: "fn:filter(header:content-type,'exists')" },
          },
        },
        sources: [
          {
            ...SOURCE,
            authorizationContext: ['device:{{ header:device_id }}', 'nginx:ditto'],
            payloadMapping: ['Ditto', 'script'],
            declaredAcks: ['{{connection:id}}:seen'],
            acknowledgementRequests: {
              includes: ['twin-persisted', '{{ connection:id }}:seen'],
              filter: "fn:filter(header:qos,'ne','0')",
            },
            replyTarget: { address: 'replies', expectedResponseTypes: ['response', 'nack'] },
          },
          { ...SOURCE, replyTarget: { enabled: false } },
          SOURCE,
        ],
        targets: [
          { ...TARGET, payloadMapping: ['script'], issuedAcknowledgementLabel: '{{connection:id}}:sent' },
          { ...TARGET, topics: ['_/_/policies/announcements?namespaces=a', '_/_/connections/announcements'] },
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
    const [first, second, third] =
      parseConnection(connectionJson({ targets: [{ ...TARGET, topics }] })).targets[0]?.topics ?? [];
    expect(first).toMatchObject({ namespaces: ['a', 'b.c'], filter: 'gt(attributes/n,1)' });
    expect([...(first?.extraFields?.children.keys() ?? [])]).toEqual(['thingId', 'attributes']);
    expect(second?.filter).toBe('eq(attributes/name,"100% &")');
    expect(third?.filter).toBe('like(attributes/name,"100%")');
  });
});

describe('parseConnections', () => {
  it('reads several, with different ids', () => {
    expect(parseConnections([connectionJson(), connectionJson({ id: 'bikes' })]).map(({ id }) => id)).toEqual([
      'cars',
      'bikes',
    ]);
    expect(() => parseConnections([connectionJson(), connectionJson()])).toThrow(/\/1\/id must differ/);
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
