import type { JsonObject, JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import { until } from '../contracts/index.js';
import { call } from './call.js';
import { openHttpApi } from './open-http-api.js';
import type { OpenHttpApi } from './open-http-api.js';

const subjects = [parseSubjectId('nginx:ditto')];
const own = { qos: 1, authorizationContext: ['nginx:ditto'] };

/** As a body that is sent: what it takes in is answered on `answers`. */
export const SPOKEN_CONNECTION = {
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: 'tcp://broker:1883',
  sources: [{ addresses: ['in/#'], ...own, replyTarget: { address: 'answers' } }],
};

/** Takes in a message of the Ditto Protocol. */
type Speak = (message: JsonObject) => Promise<void>;

/** Connections over which the Ditto Protocol is spoken, as if their broker had brought the messages. */
export interface SpokenConnections {
  /** An open one; gives back its ID. @param change of {@link SPOKEN_CONNECTION} */
  connected(change?: JsonObject): Promise<string>;
  /** Resolves when it is open again. */
  change(id: string, to: JsonObject): Promise<void>;
  receive(id: string, message: JsonObject, by?: readonly SubjectId[]): Promise<void>;
  /** Makes one, and gives back how messages come in. */
  connect(change?: JsonObject): Promise<Speak>;
  connectAs(subject: string, change: JsonObject): Promise<Speak>;
  /** All that was published there. */
  sentTo(address: string): readonly JsonObject[];
  /** The same, when there is so much. */
  next(address: string, count: number): Promise<readonly JsonObject[]>;
}

/** With the things `example:car1` to `example:car3`, the first of which was changed once. */
export async function openApiWithCars(): Promise<OpenHttpApi> {
  const api = await openHttpApi();
  for (const n of [1, 2, 3]) await call(api, 'PUT', `/api/2/things/example:car${String(n)}`, { attributes: { n } });
  await call(api, 'PUT', '/api/2/things/example:car1/attributes/n', 10);
  return api;
}

/** @param api that is open when something is asked for */
export function spokenConnections(api: () => OpenHttpApi): SpokenConnections {
  const opened = (id: string) => api().connections.brokers.open.get(id);
  const connected: SpokenConnections['connected'] = async (change = {}) => {
    const wanted = { ...SPOKEN_CONNECTION, ...change };
    const { body } = await call(api(), 'POST', '/api/2/connections', wanted, { user: 'devops' });
    const id = textAt(body, 'id');
    await until(() => opened(id) !== undefined);
    return id;
  };
  const receive: SpokenConnections['receive'] = async (id, message, by = subjects) => {
    const payload = new TextEncoder().encode(JSON.stringify(message));
    const handler = opened(id)?.handler;
    if (handler === undefined) throw new Error(`${id} is not open`);
    await handler({ address: 'in/x', payload, subjects: by, headers: {}, source: 0 });
  };
  const connectBy = async (by: readonly SubjectId[], change?: JsonObject): Promise<Speak> => {
    const id = await connected(change);
    return (message) => receive(id, message, by);
  };
  const sentTo = (address: string): readonly JsonObject[] =>
    api()
      .connections.brokers.published.filter((message) => message.address === address)
      .map(({ payload }) => JSON.parse(String(payload)) as JsonObject);
  return {
    connected,
    receive,
    sentTo,
    change: async (id, to) => {
      const before = opened(id);
      await call(api(), 'PUT', `/api/2/connections/${id}`, { ...SPOKEN_CONNECTION, ...to }, { user: 'devops' });
      await until(() => ![undefined, before].includes(opened(id)));
    },
    connect: (change) => connectBy(subjects, change),
    connectAs: (subject, change) => connectBy([parseSubjectId(subject)], change),
    next: async (address, count) => {
      await until(() => sentTo(address).length >= count);
      return sentTo(address);
    },
  };
}

/** What makes a connection a device's: its target has such topics, and its source answers nothing. */
export function targetFor(topics: readonly string[], change: JsonObject = {}): JsonObject {
  return {
    sources: [{ addresses: ['in/#'], ...own, replyTarget: { enabled: false } }],
    targets: [{ address: 'out', topics, ...own, ...change }],
  };
}

/** Empty where there is none. */
export function textAt(json: JsonValue | undefined, name: string): string {
  const value = isJsonObject(json) ? json[name] : undefined;
  return typeof value === 'string' ? value : '';
}
