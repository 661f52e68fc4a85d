import type { JsonObject } from '@gemel/model/json';

/** A source as its owner writes it. */
export const SOURCE = { addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] };
export const TARGET = {
  address: 'events/{{ thing:id }}',
  topics: ['_/_/things/twin/events'],
  qos: 1,
  authorizationContext: ['nginx:ditto'],
};
export const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
export const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';

export const TUNNEL = {
  uri: 'ssh://jump:2222',
  credentials: { type: 'plain', username: 'me', password: 'hunter2' },
  knownHosts: ['SHA256:x'],
};

/** A whole connection as its owner writes it. */
export function connectionJson(change: JsonObject = {}): JsonObject {
  return {
    id: 'cars',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    uri: 'tcp://device:p%40ss%3Aword@broker.example:1884',
    sources: [SOURCE],
    targets: [TARGET],
    ...change,
  };
}
