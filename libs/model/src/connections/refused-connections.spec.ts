import fc from 'fast-check';
import { PEM, SOURCE, TARGET, TUNNEL, connectionJson } from '@gemel/testkit/connections';
import { withValueAt } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseConnection } from './parse-connection.js';

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
    [{ sources: [{ ...SOURCE, addresses: [] }] }, /\/sources\/0\/addresses must hold at least one/],
    [{ sources: [{ ...SOURCE, addresses: ['a#'] }] }, /\/sources\/0\/addresses\/0 must be an MQTT topic filter/],
    [{ sources: [{ ...SOURCE, addresses: ['a/#/b'] }] }, /\/sources\/0\/addresses\/0 must be an MQTT topic filter/],
    [{ sources: [{ ...SOURCE, addresses: ['a', 'b+'] }] }, /\/sources\/0\/addresses\/1 must be an MQTT topic filter/],
    [{ sources: [{ ...SOURCE, addresses: [7] }] }, /\/sources\/0\/addresses\/0 must be a text/],
    [{ sources: [{ ...SOURCE, qos: 3 }] }, /\/sources\/0\/qos must be an integer from 0 to 2/],
    [{ sources: [{ ...SOURCE, qos: null }] }, /\/sources\/0\/qos must be an integer from 0 to 2/],
    [{ sources: [{ ...SOURCE, authorizationContext: [] }] }, /\/sources\/0\/authorizationContext must hold/],
    [{ sources: [{ ...SOURCE, authorizationContext: ['x'] }] }, /\/sources\/0\/authorizationContext\/0 is not valid/],
    [{ sources: [{ ...SOURCE, consumerCount: 0 }] }, /\/sources\/0\/consumerCount must be an integer from 1 to 100/],
    [{ sources: Array.from({ length: 5 }, () => SOURCE) }, /\/sources must be 4 at most, there are 5/],
    [{ targets: Array.from({ length: 5 }, () => TARGET) }, /\/targets must be 4 at most, there are 5/],
    [{ sources: [{ ...SOURCE, payloadMapping: ['JavaScript'] }] }, /payloadMapping\/0 is 'JavaScript', which/],
    [{ sources: [{ ...SOURCE, payloadMapping: ['constructor'] }] }, /payloadMapping\/0 is 'constructor', which/],
    [{ sources: [{ ...SOURCE, payloadMapping: Array(11).fill('Ditto') }] }, /names 11 mappers; 10 may be/],
    [
      { sources: [{ ...SOURCE, replyTarget: { address: '{{ x }}' } }] },
      /\/sources\/0\/replyTarget\/address is not valid/,
    ],
    [
      { sources: [{ ...SOURCE, replyTarget: { expectedResponseTypes: ['x'] } }] },
      /expectedResponseTypes\/0 must be one of/,
    ],
    [{ sources: [{ ...SOURCE, declaredAcks: ['bikes:x'] }] }, /\/sources\/0\/declaredAcks\/0 must begin with/],
    [{ sources: [{ ...SOURCE, declaredAcks: ['{{connection:id}}: x'] }] }, /declaredAcks\/0 must be the label/],
    [
      { sources: [{ ...SOURCE, acknowledgementRequests: { includes: ['{{ header:x }}'] } }] },
      /includes\/0 must be the/,
    ],
    [{ sources: [{ ...SOURCE, acknowledgementRequests: { filter: 'x' } }] }, /acknowledgementRequests\/filter is not/],
    [{ sources: [{ ...SOURCE, enforcement: { input: '{{ source:colour }}', filters: ['x'] } }] }, /enforcement\/input/],
    [{ sources: [{ ...SOURCE, enforcement: { input: 'x' } }] }, /\/sources\/0\/enforcement\/filters must hold/],
    [{ sources: [{ ...SOURCE, headerMapping: { 'a/b': 1 } }] }, /\/sources\/0\/headerMapping\/a~1b must be a text/],
    [{ sources: [{ ...SOURCE, adresses: ['x'] }] }, /\/sources\/0\/adresses is not known here; there are .*addresses/],
    [{ targets: [{ ...TARGET, address: '{{ thing:colour }}' }] }, /\/targets\/0\/address is not valid/],
    [{ targets: [{ ...TARGET, address: 'events/#' }] }, /\/targets\/0\/address must be an MQTT topic name/],
    [{ targets: [{ ...TARGET, topics: [] }] }, /\/targets\/0\/topics must hold/],
    [
      { targets: [{ ...TARGET, topics: ['events'] }] },
      /\/targets\/0\/topics\/0 must be one of _\/_\/things\/twin\/events/,
    ],
    [
      { targets: [{ ...TARGET, topics: ['_/_/things/twin/events?filter=eq('] }] },
      /\/targets\/0\/topics\/0 is not valid/,
    ],
    [{ targets: [{ ...TARGET, topics: ['_/_/things/twin/events?colour=red'] }] }, /the parameter 'colour'/],
    [{ targets: [{ ...TARGET, issuedAcknowledgementLabel: 'bikes:x' }] }, /issuedAcknowledgementLabel must begin with/],
    [{ clientCount: 0 }, /\/clientCount must be an integer from 1 to 1000/],
    [
      { clientCount: 2, targets: [{ ...TARGET, topics: ['_/_/connections/announcements'] }] },
      /\/clientCount must be 1 where/,
    ],
    [{ sshTunnel: { uri: 'ssh://x' } }, /\/sshTunnel\/credentials must be there/],
    [{ sshTunnel: { ...TUNNEL, uri: 'http://x' } }, /\/sshTunnel\/uri must begin with one of ssh:/],
    [{ sshTunnel: { ...TUNNEL, credentials: null } }, /\/sshTunnel\/credentials must be there/],
    [{ sshTunnel: { ...TUNNEL, knownHosts: [] } }, /\/sshTunnel\/knownHosts must hold at least one fingerprint/],
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
    expect(faults(connectionJson(change))).toMatch(expected);
  });

  it('tells every fault at once', () => {
    const message = faults(
      connectionJson({ uri: 'x', sources: [{ ...SOURCE, qos: 7 }], targets: [{ ...TARGET, topics: [] }] }),
    );
    expect(message.match(/\/(uri|sources\/0\/qos|targets\/0\/topics) must/g)).toHaveLength(3);
    expect(message).toContain("'cars'");
  });

  it('never tells a secret', () => {
    const secret = 'hunter2';
    for (const uri of [`tcp://me:${secret}@`, `x://me:${secret}@broker`, `tcp://me:${secret}%@broker`, secret]) {
      expect(faults(connectionJson({ uri }))).not.toContain(secret);
    }
    const credentials = { type: 'client-cert', key: secret, cert: secret, password: secret };
    expect(
      faults(connectionJson({ credentials, ca: secret, specificConfig: { lastWillMessage: secret } })),
    ).not.toContain(secret);
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
      fc.property(paths, fc.jsonValue({ stringUnit: 'binary' }), (path, value) => {
        const [head = '', member] = path;
        const change = parsed(value);
        const whole =
          member === undefined
            ? withValueAt(connectionJson(), [head], change)
            : connectionJson({ [`${head}s`]: [{ ...(head === 'source' ? SOURCE : TARGET), [member]: change }] });
        faults(whole);
        faults(change);
      }),
    );
  });
});

describe('a refused connection', () => {
  const thrown = (change: JsonObject): unknown => {
    try {
      return parseConnection(connectionJson(change));
    } catch (error) {
      return error;
    }
  };

  it.each<[JsonObject, string]>([
    [{ uri: 'x' }, 'connectivity:connection.uri.invalid'],
    [{ targets: [{ ...TARGET, topics: ['events'] }] }, 'connectivity:topic.invalid'],
    [{ mappingDefinitions: { m: { mappingEngine: 'x' } } }, 'connectivity:message.mapper.config.invalid'],
    [{ uri: 'x', clientCount: 0 }, 'connectivity:connection.configuration.invalid'],
  ])('has a code of its own when all of %j is of one kind', (change, code) => {
    expect(thrown(change)).toMatchObject({ code, status: 400 });
  });

  it('may have members that nobody knows when Ditto is followed', () => {
    const unknown = { colour: 'red', sources: [{ ...SOURCE, colour: 'red' }] };
    expect(parseConnection(connectionJson(unknown), { unknownMembers: 'ignored' })).toMatchObject({ id: 'cars' });
  });

  it('may have more sources when the operator says so', () => {
    const sources = Array.from({ length: 5 }, () => SOURCE);
    expect(
      parseConnection(connectionJson({ sources }), { limits: { maxSources: 5, maxTargets: 1 } }).sources,
    ).toHaveLength(5);
  });
});

function parsed(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
