import type { JsonObject, JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { call } from './call.js';
import type { Answer } from './call.js';
import type { OpenHttpApi } from './open-http-api.js';

const PATH = '/api/2/connections';
const own = { qos: 1, authorizationContext: ['nginx:ditto'] };

export const CAR_SOURCE = { addresses: ['telemetry/#'], ...own };
export const CAR_TARGET = { address: 'out', topics: ['_/_/things/twin/events'], ...own };
/** As a body that is sent. */
export const CAR_CONNECTION = {
  name: 'Cars',
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: 'tcp://device:hunter2@broker:1883',
  sources: [CAR_SOURCE],
};

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** Requests of the management of connections. */
export interface ManagedConnections {
  /** @param path below `/api/2/connections` */
  as(user: string, method: Method, path: string, body?: unknown, headers?: object): Promise<Answer>;
  /** As an operator. */
  ask(method: Method, path: string, body?: unknown, headers?: object): Promise<Answer>;
  /** A command to one. */
  send(id: string, text: string, type?: string): Promise<Answer>;
  /** The ID of a new one. @param change of {@link CAR_CONNECTION} */
  created(change?: JsonObject): Promise<string>;
}

/** @param api that is open when something is asked for */
export function managedConnections(api: () => OpenHttpApi): ManagedConnections {
  const as: ManagedConnections['as'] = (user, method, path, body, headers = {}) =>
    call(api(), method, `${PATH}${path}`, body, { user, headers: { ...headers } });
  const ask: ManagedConnections['ask'] = (...asked) => as('devops', ...asked);
  return {
    as,
    ask,
    send: (id, text, type = 'text/plain') => sendCommand(`${api().url}${PATH}/${id}/command`, text, type),
    created: async (change = {}) => {
      const { status, body } = await ask('POST', '', { ...CAR_CONNECTION, ...change });
      expect(status).toBe(201);
      return connectionIdIn(body);
    },
  };
}

/** Empty where there is none. */
export function connectionIdIn(body: JsonValue | undefined): string {
  const id = isJsonObject(body) ? body['id'] : '';
  return typeof id === 'string' ? id : '';
}

async function sendCommand(url: string, text: string, type: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('devops:devops').toString('base64')}`, 'content-type': type },
    body: text,
  });
  const answered = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: answered,
    body: answered === '' ? undefined : (JSON.parse(answered) as JsonValue),
  };
}
