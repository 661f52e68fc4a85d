import fc from 'fast-check';

import type { JsonObject } from '../json/index.js';
import { parseConnection } from './parse-connection.js';
import { printConnection } from './print-connection.js';
import { HIDDEN, changeSecrets, hideSecrets, restoreSecrets } from './secrets.js';

const source = { addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] };
const broker = {
  id: 'cars',
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: 'tcp://device:hunter2@broker:1883',
  sources: [source],
};

describe('printConnection', () => {
  it('prints what Ditto prints, with its defaults', () => {
    expect(
      printConnection({ ...broker, connectionType: 'mqtt', colour: 'red', specificConfig: { keepAlive: 60 } }),
    ).toEqual({
      id: 'cars',
      name: null,
      connectionType: 'mqtt',
      connectionStatus: 'open',
      uri: 'tcp://device:hunter2@broker:1883',
      sources: [
        {
          addresses: ['telemetry/#'],
          consumerCount: 1,
          qos: 1,
          authorizationContext: ['nginx:ditto'],
          headerMapping: {},
          replyTarget: {
            address: '{{header:reply-to}}',
            headerMapping: {},
            expectedResponseTypes: ['response', 'error'],
            enabled: true,
          },
        },
      ],
      targets: [],
      clientCount: 1,
      failoverEnabled: true,
      validateCertificates: true,
      processorPoolSize: 1,
      specificConfig: { keepAlive: '60' },
      tags: [],
    });
  });

  it('adds headers to sources without reply target where messages have headers', () => {
    const [printed] = asList(printConnection(broker)['sources']);
    expect(printed).toMatchObject({
      headerMapping: {
        'correlation-id': '{{header:correlation-id}}',
        'content-type': '{{header:content-type}}',
        'reply-to': '{{header:reply-to}}',
      },
    });
  });

  it('keeps a reply target that is switched off', () => {
    const [printed] = asList(
      printConnection({ ...broker, sources: [{ ...source, replyTarget: { enabled: false } }] })['sources'],
    );
    expect(printed).toMatchObject({ headerMapping: {}, replyTarget: { enabled: false } });
  });

  it('prints an empty header mapping for none, which is read as none', () => {
    const target = {
      address: 'events',
      qos: 1,
      topics: ['_/_/things/twin/events'],
      authorizationContext: ['nginx:ditto'],
    };
    const printed = printConnection({ ...broker, sources: [], targets: [target] });
    expect(asList(printed['targets'])).toMatchObject([{ headerMapping: {} }]);
    expect(parseConnection(printed).targets).toMatchObject([{ headerMapping: undefined }]);
  });

  it('changes nothing in what it has printed', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            name: fc.string(),
            connectionType: fc.constantFrom('mqtt', 'mqtt-5'),
            clientCount: fc.constantFrom(1, '1'),
            failoverEnabled: fc.constantFrom(true, 'false'),
            tags: fc.array(fc.string()),
            specificConfig: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
            targets: fc.array(
              fc.record({ address: fc.string(), qos: fc.constantFrom(0, 1), topics: fc.array(fc.string()) }),
            ),
          },
          { requiredKeys: [] },
        ),
        (change) => {
          const printed = printConnection({ ...broker, ...change });
          expect(printConnection(printed)).toEqual(printed);
        },
      ),
    );
  });
});

const secrets: JsonObject = {
  ...broker,
  credentials: {
    type: 'oauth-password',
    tokenEndpoint: 'https://issuer/token',
    clientSecret: 's3cret-a',
    password: 's3cret-b',
    key: 's3cret-c',
    parameters: { accessKey: 's3cret-d', secretKey: 's3cret-e', sharedKey: 's3cret-f' },
  },
  sshTunnel: { uri: 'ssh://jump', credentials: { password: 's3cret-g', privateKey: 's3cret-h' } },
};

describe('the secrets of a connection', () => {
  it('are hidden, all nine', () => {
    const shown = JSON.stringify(hideSecrets(secrets));
    expect(shown).not.toMatch(/hunter2|s3cret/);
    expect(hideSecrets(secrets)['uri']).toBe(`tcp://device:${HIDDEN}@broker:1883`);
    expect(shown).toContain('https://issuer/token');
  });

  it('are hidden in an address that is not well formed', () => {
    expect(JSON.stringify(hideSecrets({ uri: 'tcp://me:p@ss:w@rd@broker:1883' }))).toBe(
      JSON.stringify({ uri: `tcp://me:${HIDDEN}@broker:1883` }),
    );
    expect(hideSecrets({ uri: 'tcp://broker:1883/a@b' })).toEqual({ uri: 'tcp://broker:1883/a@b' });
  });

  it('come back when what was shown is sent back', () => {
    const edited = { ...hideSecrets(secrets), name: 'Cars' };
    expect(restoreSecrets(edited, secrets)).toEqual({ ...secrets, name: 'Cars' });
  });

  it.each<[string, JsonObject]>([
    ['to another broker', { uri: `tcp://device:${HIDDEN}@elsewhere:1883` }],
    ['to another port', { uri: `tcp://device:${HIDDEN}@broker:1884` }],
    ['to another issuer', { credentials: { clientSecret: HIDDEN, tokenEndpoint: 'https://elsewhere/token' } }],
    ['through another tunnel', { sshTunnel: { uri: 'ssh://elsewhere', credentials: { password: HIDDEN } } }],
  ])('do not go %s', (_where, change) => {
    expect(() => restoreSecrets({ ...secrets, ...change }, secrets)).toThrow(/write it anew/);
  });

  it('are not known of a new connection', () => {
    expect(() => restoreSecrets({ ...broker, uri: `tcp://device:${HIDDEN}@broker:1883` }, undefined)).toThrow(
      /uri hides/,
    );
    expect(restoreSecrets(secrets, undefined)).toEqual(secrets);
  });

  it('can be changed one by one and back', () => {
    const locked = changeSecrets(secrets, (text) => [...text].reverse().join(''));
    expect(JSON.stringify(locked)).not.toMatch(/hunter2|s3cret/);
    expect(changeSecrets(locked, (text) => [...text].reverse().join(''))).toEqual(secrets);
  });
});

it('is still a connection when it is printed', () => {
  const printed = printConnection({ ...broker, sources: [{ ...source, replyTarget: { enabled: false } }] });
  expect(parseConnection(printed)).toMatchObject({ id: 'cars', uri: { password: 'hunter2' } });
});

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
