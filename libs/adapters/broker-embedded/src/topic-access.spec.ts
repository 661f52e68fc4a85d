import type { Logger } from '@gemel/application/ports';
import { parseMqttUser, topicAccess } from '@gemel/model/mqtt-users';
import { connectAsync } from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';

import { openEmbeddedBroker } from './embedded-broker.js';
import type { EmbeddedBroker } from './embedded-broker.js';

const log: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const { user } = parseMqttUser('s1', {
  thingId: 'org:s1',
  publish: ['telemetry/{{ thing:id }}', 'chat/{{ client:id }}'],
  subscribe: ['events/org/{{ thing:name }}', 'chat/#'],
});

let broker: EmbeddedBroker;
let clients: MqttClient[];
let received: string[];
let name: string | undefined;
let endsInMs: number | undefined;

async function connect(options: IClientOptions = {}): Promise<MqttClient> {
  const defaults = { username: 's1', password: 'x', clientId: 'c1', reconnectPeriod: 0 };
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { ...defaults, ...options }, false);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function grant(client: MqttClient, filter: string): Promise<number | undefined> {
  const grants = await client.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
  return grants[0]?.qos;
}

beforeEach(async () => {
  clients = [];
  received = [];
  name = undefined;
  endsInMs = undefined;
  broker = await openEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    authenticate: (_name, _password, clientId) => ({
      subjects: user.subjects,
      access: topicAccess(user, clientId),
      ...(name === undefined ? {} : { name }),
      ...(endsInMs === undefined ? {} : { endsInMs }),
    }),
    onMessage: ({ address }) => {
      received.push(address);
      return Promise.resolve();
    },
    topics: { sources: ['telemetry/#'], targets: ['events/#'], receivers: [] },
    log,
  });
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.close();
});

describe('a user with topics of its own', () => {
  it('publishes on those alone', async () => {
    const client = await connect();
    for (const topic of ['telemetry/org:s1', 'telemetry/org:s2', 'telemetry', 'other', 'events/org/s1']) {
      await client.publishAsync(topic, '1', { qos: 1 });
    }
    expect(received).toEqual(['telemetry/org:s1']);
    expect(broker.counters().publishesRefused).toBe(4);
  });

  it('subscribes to those alone, also where others need a subject for', async () => {
    const client = await connect();
    const filters = ['events/org/s1', 'events/org/+', 'events/#', '#', 'chat/+', '$SYS/#'];
    expect(await Promise.all(filters.map((filter) => grant(client, filter)))).toEqual([1, 128, 128, 128, 1, 128]);
    const texts: string[] = [];
    client.on('message', (topic) => texts.push(topic));
    await broker.publish({ address: 'events/org/s2', payload: '', qos: 1, headers: {} });
    await broker.publish({ address: 'events/org/s1', payload: '', qos: 1, headers: {} });
    await client.publishAsync('chat/c1', '', { qos: 1 });
    await client.publishAsync('telemetry/org:s1', '', { qos: 1 });
    expect(texts).toEqual(['events/org/s1', 'chat/c1']);
  });

  it.each(['+', '#', 'a/b', 'c1/#'])('gets no topic out of the client id %s', async (clientId) => {
    const client = await connect({ clientId });
    await client.publishAsync('chat/c1', '', { qos: 1 });
    await client.publishAsync('chat/a/b', '', { qos: 1 });
    expect(broker.counters().publishesRefused).toBe(2);
  });

  it('is disconnected when it changes, and its sessions end when it is deleted', async () => {
    const client = await connect({ clean: false });
    await client.subscribeAsync('chat/#', { qos: 1 });
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
    broker.userChanged('other', 'deleted');
    broker.userChanged('s1', 'modified');
    await gone;
    expect(broker.counters()).toMatchObject({ clients: 0, sessions: 1 });
    broker.userChanged('s1', 'deleted');
    expect(broker.counters()).toMatchObject({ sessions: 0 });
  });

  it('has its connection ended when it must prove anew who it is', async () => {
    endsInMs = 50;
    const client = await connect();
    await new Promise<void>((resolve) => client.once('close', () => resolve()));
    expect(broker.counters()).toMatchObject({ clients: 0 });
  });

  it('owns its session by what it has proved, whatever user name it gives', async () => {
    name = 'idp:ann';
    const client = await connect({ username: 'whoever', clean: false });
    await client.subscribeAsync('chat/#', { qos: 1 });
    name = 'idp:bob';
    await expect(connect({ username: 'whoever' })).rejects.toThrow();
    name = 'idp:ann';
    await connect({ username: 'somebody' });
  });

  it('cannot leave a last will elsewhere', async () => {
    const will = { topic: 'telemetry/org:s2', payload: Buffer.from('x'), qos: 1, retain: false } as const;
    const client = await connect({ will });
    client.stream.destroy();
    const watching = await connect({ clientId: 'c2' });
    await watching.publishAsync('telemetry/org:s1', '', { qos: 1 });
    expect(received).toEqual(['telemetry/org:s1']);
  });
});
