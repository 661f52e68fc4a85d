import { parseMqttUser, topicAccess } from '@gemel/model/mqtt-users';
import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';

import { openEmbeddedBroker } from './embedded-broker.js';
import type { EmbeddedBroker } from './embedded-broker.js';

const ignore = (): void => undefined;
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  watcher: ['#', '$SYS/#'],
  stranger: ['#', '+/#'],
};

let broker: EmbeddedBroker;
let clients: MqttClient[];

beforeEach(async () => {
  clients = [];
  broker = await openEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    authenticate: (name, _password, clientId) => {
      const { user } = parseMqttUser(name, { publish: ['#', '$SYS/#'], subscribe: RIGHTS[name] ?? [] });
      return name === 'ditto'
        ? { subjects: user.subjects }
        : { subjects: user.subjects, access: topicAccess(user, clientId) };
    },
    onMessage: () => Promise.resolve(),
    topics: { sources: [], targets: [], receivers: parseMqttUser('ditto', {}).user.subjects },
    log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
    systemIntervalMs: 20,
  });
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.close();
});

/** Signs in and answers what comes on topics that begin with `$`. */
async function connect(username: string, clean = true): Promise<{ client: MqttClient; told: Map<string, string> }> {
  const options = { username, password: 'x', clientId: `of-${username}`, clean, reconnectPeriod: 0 };
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, options, false);
  clients.push(client);
  const told = new Map<string, string>();
  client.on('message', (topic, payload) => {
    if (topic.startsWith('$')) told.set(topic, payload.toString());
  });
  return { client, told };
}

async function grant(client: MqttClient, filter: string): Promise<number | undefined> {
  const grants = await client.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
  return grants[0]?.qos;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 4_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('topics of the broker', () => {
  it('tell users that may read them how it is doing, at once and again and again', async () => {
    const { client, told } = await connect('watcher');
    expect(await grant(client, '$SYS/broker/#')).toBe(1);
    await until(() => told.get('$SYS/broker/clients/connected') === '1' && told.has('$SYS/broker/uptime'));
    expect(told.get('$SYS/broker/uptime')).toMatch(/^\d+ seconds$/);
    const away = await connect('stranger', false);
    await away.client.subscribeAsync(['#', 'a'], { qos: 1 });
    await away.client.publishAsync('kept', 'x', { qos: 1, retain: true });
    await until(() => told.get('$SYS/broker/subscriptions/count') === '3');
    expect(told.get('$SYS/broker/clients/connected')).toBe('2');
    await away.client.endAsync();
    const expected = {
      'clients/connected': '1',
      'clients/disconnected': '1',
      'clients/total': '2',
      'publish/messages/received': '1',
      'publish/messages/dropped': '0',
      'retained messages/count': '1',
      'subscriptions/count': '3',
    };
    await until(() => Object.entries(expected).every(([name, value]) => told.get(`$SYS/broker/${name}`) === value));
    expect(Number(told.get('$SYS/broker/publish/messages/sent'))).toBeGreaterThan(1);
  });

  it('are told to nobody else, and nothing but them to anybody', async () => {
    const [ditto, stranger, watcher] = [await connect('ditto'), await connect('stranger'), await connect('watcher')];
    for (const { client } of [ditto, stranger]) {
      expect(await grant(client, '$SYS/#')).toBe(128);
      expect(await grant(client, '$SYS/broker/uptime')).toBe(128);
      expect(await grant(client, '#')).toBe(1);
    }
    expect(await grant(watcher.client, '$SYS/#')).toBe(1);
    await until(() => watcher.told.get('$SYS/broker/clients/connected') === '3');
    expect([...ditto.told, ...stranger.told]).toEqual([]);
    expect([...watcher.told.keys()].filter((topic) => !topic.startsWith('$SYS/broker/'))).toEqual([]);
  });

  it('are published on by nobody', async () => {
    const { client, told } = await connect('watcher');
    await grant(client, '$SYS/#');
    await client.publishAsync('$SYS/broker/uptime', 'for ever', { qos: 1, retain: true });
    expect(broker.counters().publishesRefused).toBe(1);
    await until(() => told.has('$SYS/broker/uptime'));
    expect(told.get('$SYS/broker/uptime')).not.toBe('for ever');
  });
});
