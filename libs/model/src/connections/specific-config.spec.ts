import { parseExchangeAddress } from './amqp-config.js';
import { parseHttpAddress } from './http-push-config.js';
import { parseKafkaAddress } from './kafka-config.js';
import { parseConnection } from './parse-connection.js';
import type { JsonObject, JsonValue } from '../json/index.js';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
const SUBJECTS = { authorizationContext: ['nginx:ditto'] };
const TOPICS = { topics: ['_/_/things/twin/events'], ...SUBJECTS };

/** What each type needs at least. */
const LEAST: Readonly<Record<string, JsonObject>> = {
  kafka: {
    uri: 'tcp://me:secret@kafka.example:9092',
    sources: [{ addresses: ['theTopic'], ...SUBJECTS }],
    targets: [{ address: 'topic/key', ...TOPICS }],
    specificConfig: { bootstrapServers: 'localhost:9092,other.host:9092' },
  },
  'amqp-10': {
    uri: 'amqps://me:secret@hono.example',
    sources: [{ addresses: ['telemetry/FOO'], ...SUBJECTS }],
    targets: [{ address: 'topic://events', ...TOPICS }],
  },
  'amqp-091': {
    uri: 'amqp://me:secret@rabbit.example/vhost',
    sources: [{ addresses: ['queueName'], ...SUBJECTS }],
    targets: [{ address: 'exchangeName/routingKey', ...TOPICS }],
  },
  'http-push': {
    uri: 'http://me:secret@localhost',
    targets: [{ address: 'PUT:/api/2/some-entity/{{ thing:id }}', ...TOPICS }],
  },
  hono: {
    sources: [{ addresses: ['event', 'telemetry', 'command_response'], ...SUBJECTS }],
    targets: [{ address: 'command', ...TOPICS }],
  },
};

const json = (type: string, change: JsonObject = {}): JsonObject => ({
  id: 'cars',
  connectionType: type,
  ...LEAST[type],
  ...change,
});

function faults(value: JsonValue): string {
  try {
    parseConnection(value);
  } catch (error) {
    expect(error).toMatchObject({ code: 'connectivity:connection.configuration.invalid', status: 400 });
    return error instanceof Error ? error.message : '';
  }
  return '';
}

describe('defaults of the types', () => {
  it.each([
    [
      'kafka',
      {
        uri: { host: 'kafka.example', port: 9_092, username: 'me', password: 'secret' },
        sources: [{ qos: 0 }],
        targets: [{ qos: 1 }],
        specificConfig: {
          bootstrapServers: ['kafka.example:9092', 'localhost:9092', 'other.host:9092'],
          saslMechanism: 'plain',
          groupId: 'cars',
          debugEnabled: false,
          offsetReset: 'latest',
        },
      },
    ],
    ['amqp-10', { uri: { port: 5_671 }, sources: [{ qos: 1 }], specificConfig: { containerId: 'gemel-cars' } }],
    ['amqp-091', { uri: { port: 5_672, path: '/vhost' }, sources: [{ qos: 1 }], specificConfig: {} }],
    [
      'http-push',
      {
        uri: { port: 80 },
        specificConfig: { parallelism: 1, omitRequestBody: new Set(['GET', 'DELETE']), idleTimeoutMs: 60_000 },
      },
    ],
    ['hono', { uri: { host: '' }, specificConfig: { tenantId: 'cars', groupId: 'cars', debugEnabled: false } }],
  ])('of %s', (type, expected) => {
    expect(parseConnection(json(type))).toMatchObject({ type, credentials: undefined, ...expected });
  });

  it('takes values as texts, as Ditto has them', () => {
    const kafka = { bootstrapServers: 'a:1', saslMechanism: 'SCRAM-SHA-512', debugEnabled: 'true', groupId: 'g' };
    expect(parseConnection(json('kafka', { specificConfig: kafka }))).toMatchObject({
      specificConfig: { saslMechanism: 'scram-sha-512', debugEnabled: true, groupId: 'g' },
    });
    const http = { parallelism: '2', omitRequestBody: ['GET', 'PATCH'], idleTimeout: '5s' };
    expect(parseConnection(json('http-push', { specificConfig: http }))).toMatchObject({
      specificConfig: { parallelism: 2, omitRequestBody: new Set(['GET', 'PATCH']), idleTimeoutMs: 5_000 },
    });
    const amqp = { 'jms.clientID': 'me', 'amqp.idleTimeout': '5000', 'failover.reconnectDelay': 7 };
    expect(parseConnection(json('amqp-10', { specificConfig: amqp }))).toMatchObject({
      specificConfig: { containerId: 'me', idleTimeoutMs: 5_000 },
    });
  });
});

describe('bad ones of each type', () => {
  const target = (address: string) => ({ targets: [{ address, ...TOPICS }] });
  const source = (address: string, change: JsonObject = {}) => ({
    sources: [{ addresses: [address], ...SUBJECTS, ...change }],
  });
  const config = (specificConfig: JsonObject) => ({ specificConfig });
  it.each([
    ['kafka', { specificConfig: null }, /\/specificConfig\/bootstrapServers must be a list of host:port/],
    ['kafka', config({ bootstrapServers: '' }), /bootstrapServers must/],
    ['kafka', config({ bootstrapServers: 'host' }), /bootstrapServers must/],
    ['kafka', config({ bootstrapServers: 'host:0' }), /bootstrapServers must/],
    ['kafka', config({ bootstrapServers: 'a:1,' }), /bootstrapServers must/],
    ['kafka', config({ bootstrapServers: 'a:1', saslMechanism: 'gssapi' }), /saslMechanism must be one of plain/],
    ['kafka', config({ bootstrapServers: 'a:1', consumerOffsetReset: 'none' }), /consumerOffsetReset must/],
    ['kafka', config({ bootstrapServers: 'a:1', nonsense: 1 }), /\/specificConfig\/nonsense is not known/],
    ['kafka', { uri: 'http://a' }, /\/uri must begin with one of tcp:\/\/, ssl:\/\//],
    ['kafka', source('a', { qos: 2 }), /\/sources\/0\/qos must be at most 1/],
    ['kafka', source('a/b'), /\/sources\/0\/addresses\/0 must be a Kafka topic/],
    ['kafka', source('..'), /must be a Kafka topic/],
    ['kafka', target('a/'), /\/targets\/0\/address must have a key/],
    ['kafka', target('a#'), /must have the number of a partition/],
    ['kafka', target('a#x'), /must have the number of a partition/],
    ['kafka', target('a b'), /must be a Kafka topic/],
    ['amqp-10', { uri: 'tcp://a' }, /\/uri must begin with one of amqp:\/\/, amqps:\/\//],
    ['amqp-10', source(''), /\/sources\/0\/addresses\/0 must be the name/],
    ['amqp-10', config({ 'amqp.idleTimeout': 'soon' }), /idleTimeout must be an integer/],
    ['amqp-091', source('x'.repeat(256)), /must be the name of a queue/],
    ['amqp-091', target('exchange'), /must be 'exchange\/routingKey'/],
    ['amqp-091', target('exchange/'), /must be 'exchange\/routingKey'/],
    ['amqp-091', target(`${'ä'.repeat(128)}/a`), /255 bytes/],
    ['amqp-091', config({ anything: 1 }), /\/specificConfig\/anything is not known/],
    ['http-push', source('a'), /\/sources must be empty/],
    ['http-push', target('/api'), /must be a method and a path/],
    ['http-push', target('TRACE:/api'), /must be a method and a path/],
    ['http-push', config({ parallelism: '0' }), /parallelism must be an integer from 1/],
    ['http-push', config({ omitRequestBody: 'GET,EAT' }), /omitRequestBody must be a list of HTTP methods/],
    ['http-push', config({ omitRequestBody: 5 }), /omitRequestBody must be a list of HTTP methods/],
    ['http-push', config({ idleTimeout: '61s' }), /idleTimeout must be at most 60s/],
    ['hono', source('alarm'), /must be one of event, telemetry, command_response/],
    ['hono', target('command/x'), /\/targets\/0\/address must be 'command'/],
  ])('of %s: %j', (type, change, expected) => {
    expect(faults(json(type, change))).toMatch(expected);
  });
});

describe('credentials', () => {
  const hmac = (algorithm: string, parameters: JsonObject) => ({ type: 'hmac', algorithm, parameters });
  const oauth = { tokenEndpoint: 'https://auth.example/token', clientId: 'me', requestedScopes: 'a b' };

  it.each([
    ['kafka', { type: 'client-cert', cert: PEM, key: KEY }],
    ['amqp-10', hmac('az-sasl', { sharedKeyName: 'n', sharedKey: 'k', endpoint: 'e' })],
    ['http-push', hmac('aws4-hmac-sha256', { region: 'r', service: 's', accessKey: 'a', secretKey: 'k' })],
    ['http-push', hmac('az-monitor-2016-04-01', { workspaceId: 'w', sharedKey: 'k' })],
    ['http-push', { type: 'oauth-client-credentials', ...oauth, clientSecret: 's' }],
  ])('of %s: %j', (type, credentials) => {
    expect(parseConnection(json(type, { credentials }))).toMatchObject({ credentials });
  });

  it('keeps user and password of the OAuth password grant', () => {
    const credentials = { type: 'oauth-password', ...oauth, username: 'u', password: 'p' };
    expect(parseConnection(json('http-push', { credentials })).credentials).toMatchObject({
      clientSecret: undefined,
      user: { name: 'u', password: 'p' },
    });
  });

  it.each([
    ['kafka', { type: 'hmac' }, /\/credentials\/type must be one of client-cert/],
    ['kafka', { type: 'client-cert', cert: PEM }, /\/credentials\/key must be there/],
    ['kafka', { type: 'client-cert', cert: 'x', key: KEY }, /\/credentials\/cert must be PEM/],
    ['amqp-10', hmac('aws4-hmac-sha256', {}), /\/credentials\/algorithm must be one of az-sasl/],
    ['http-push', hmac('az-sasl', { sharedKey: 1 }), /\/credentials\/parameters\/sharedKey must be a text/],
    ['http-push', { type: 'oauth-client-credentials', ...oauth }, /\/credentials\/clientSecret must be a text/],
    ['http-push', { type: 'oauth-password', ...oauth, tokenEndpoint: 'ftp://x' }, /tokenEndpoint must be a URL/],
    ['http-push', { type: 'oauth-password', ...oauth }, /\/credentials\/username must be a text/],
  ])('refuses of %s: %j', (type, credentials, expected) => {
    expect(faults(json(type, { credentials }))).toMatch(expected);
  });
});

describe('SSH tunnel', () => {
  const tunnel = {
    enabled: true,
    uri: 'ssh://jump.example:2222',
    credentials: { type: 'plain', username: 'u', password: 'p' },
    validateHost: true,
    knownHosts: ['MD5:e0:3a:34:1c:68:ed:c6:bc:7c:ca:a8:67:c7:45:2b:19'],
  };

  it('is there for every type', () => {
    expect(parseConnection(json('kafka', { sshTunnel: tunnel })).sshTunnel).toEqual({
      host: 'jump.example',
      port: 2_222,
      credentials: tunnel.credentials,
      knownHosts: tunnel.knownHosts,
    });
    expect(parseConnection(json('kafka', { sshTunnel: { ...tunnel, enabled: false } })).sshTunnel).toBeUndefined();
    const key = { type: 'public-key', username: 'u', privateKey: KEY };
    const withKey = { ...tunnel, credentials: key, validateHost: false, knownHosts: [] };
    expect(parseConnection(json('amqp-10', { sshTunnel: withKey })).sshTunnel).toMatchObject({
      credentials: key,
      knownHosts: undefined,
    });
  });

  it.each([
    [{ uri: 'tcp://x' }, /\/sshTunnel\/uri must begin with one of ssh:\/\//],
    [{ knownHosts: [] }, /\/sshTunnel\/knownHosts must hold at least one/],
    [{ knownHosts: ['abc'] }, /\/sshTunnel\/knownHosts\/0 must be a fingerprint/],
    [{ credentials: null }, /\/sshTunnel\/credentials must be there/],
    [{ credentials: { type: 'plain', username: 'u' } }, /\/sshTunnel\/credentials\/password must be a text/],
  ])('refuses %j', (change, expected) => {
    expect(faults(json('kafka', { sshTunnel: { ...tunnel, ...change } }))).toMatch(expected);
  });
});

describe('resolved addresses', () => {
  it.each([
    ['topic', { topic: 'topic', key: undefined, partition: undefined }],
    ['topic/a/b#1', { topic: 'topic', key: 'a/b#1', partition: undefined }],
    ['topic#7', { topic: 'topic', key: undefined, partition: 7 }],
  ])('Kafka %s', (text, expected) => {
    expect(parseKafkaAddress(text)).toEqual(expected);
  });

  it('AMQP 0.9.1', () => {
    expect(parseExchangeAddress('a/b')).toEqual({ exchange: 'a', routingKey: 'b' });
    expect(parseExchangeAddress('/queue')).toEqual({ exchange: '', routingKey: 'queue' });
  });

  it('HTTP', () => {
    expect(parseHttpAddress('PATCH:/a?b=c:d')).toEqual({ method: 'PATCH', path: '/a?b=c:d' });
  });
});
