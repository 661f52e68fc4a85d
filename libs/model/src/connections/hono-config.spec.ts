import type { JsonObject } from '../json/index.js';
import { formatAddress } from './connection-uri.js';
import { parseConnection } from './parse-connection.js';
import { printConnection } from './print-connection.js';

const hono = {
  uri: 'tcp://hono:s3cret@kafka.example:9092',
  bootstrapServers: 'kafka.example:9092,other.example:9092',
  saslMechanism: 'scram-sha-256',
  validateCertificates: false,
};

const json = (change: JsonObject = {}): JsonObject => ({
  id: 'mill',
  connectionType: 'hono',
  sources: [
    {
      addresses: ['event', 'telemetry'],
      authorizationContext: ['nginx:ditto'],
      headerMapping: { device: '{{ header:device_id }}' },
      replyTarget: { address: 'command', headerMapping: { subject: 'own', more: 'x' } },
    },
    { addresses: ['command_response'], authorizationContext: ['nginx:ditto'], replyTarget: { address: 'command' } },
  ],
  targets: [{ address: 'command', topics: ['_/_/things/live/messages'], authorizationContext: ['nginx:ditto'] }],
  ...change,
});

const texts = (mapping: ReadonlyMap<string, { readonly text: string }> | undefined) =>
  Object.fromEntries([...(mapping ?? [])].map(([name, { text }]) => [name, text]));

describe('a Hono connection', () => {
  it('is one to the Kafka that the operator names, with the topics of its tenant', () => {
    const connection = parseConnection(json({ specificConfig: { honoTenantId: 't1', groupId: 'g1' } }), { hono });
    expect(connection).toMatchObject({
      type: 'kafka',
      id: 'mill',
      tls: { validateCertificates: false },
      specificConfig: {
        bootstrapServers: ['kafka.example:9092', 'other.example:9092'],
        saslMechanism: 'scram-sha-256',
        groupId: 'g1',
        debugEnabled: false,
      },
    });
    expect(formatAddress(connection.uri)).toBe('tcp://kafka.example:9092');
    expect(connection.uri).toMatchObject({ username: 'hono', password: 's3cret' });
    expect(connection.sources.map(({ addresses }) => addresses)).toEqual([
      ['hono.event.t1', 'hono.telemetry.t1'],
      ['hono.command_response.t1'],
    ]);
    expect(connection.targets.map(({ address }) => address.text)).toEqual(['hono.command.t1/{{ thing:id }}']);
  });

  it('is named after its tenant by default, and so is its group', () => {
    const connection = parseConnection(json(), { hono });
    expect(connection.sources[0]?.addresses[0]).toBe('hono.event.mill');
    expect(connection).toMatchObject({ specificConfig: { groupId: 'mill' } });
  });

  it('has the headers that Hono expects, and its own count more', () => {
    const { sources, targets } = parseConnection(json(), { hono });
    expect(texts(sources[0]?.headerMapping)).toEqual({ device: '{{ header:device_id }}' });
    expect(sources[0]?.replyTarget?.address.text).toBe('hono.command.mill/{{ thing:id }}');
    expect(texts(sources[0]?.replyTarget?.headerMapping)).toEqual({
      device_id: '{{ thing:id }}',
      subject: 'own',
      'correlation-id': '{{ header:correlation-id }}',
      more: 'x',
    });
    expect(texts(sources[1]?.replyTarget?.headerMapping)).toEqual({
      'correlation-id': '{{ header:correlation-id }}',
      status: '{{ header:status }}',
    });
    expect(texts(targets[0]?.headerMapping)).toEqual({
      device_id: '{{ thing:id }}',
      subject: '{{ header:subject | fn:default(topic:action-subject) }}',
      'response-required': '{{ header:response-required }}',
      'correlation-id': '{{ header:correlation-id }}',
    });
  });

  it('stays what it is where nobody says where the Kafka is, and in what is shown', () => {
    expect(parseConnection(json())).toMatchObject({ type: 'hono', specificConfig: { tenantId: 'mill' } });
    expect(printConnection(json())).toMatchObject({ connectionType: 'hono', targets: [{ address: 'command' }] });
  });

  it.each([
    [{ sources: [{ addresses: ['hono.event.t'], authorizationContext: ['a:b'] }] }, /\/sources\/0\/addresses\/0/],
    [{ targets: [{ address: 'x', topics: ['_/_/things/live/messages'], authorizationContext: ['a:b'] }] }, /'command'/],
  ])('refuses %j', (change, expected) => {
    expect(() => parseConnection(json(change), { hono })).toThrow(expected);
  });
});
