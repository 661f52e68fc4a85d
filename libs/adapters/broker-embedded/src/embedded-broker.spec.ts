import { connect as connectSocket } from 'node:net';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { InboundHandler, InboundMessage, Logger } from '@gemel/application/ports';
import type { SubjectId } from '@gemel/model/policies';
import { connectAsync } from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';

import { openEmbeddedBroker } from './embedded-broker.js';
import type { BrokerOptions } from './broker-options.js';
import type { EmbeddedBroker } from './embedded-broker.js';
import { PortTaken } from './listen.js';

const subject = (text: string) => text as SubjectId;
const USERS: Readonly<Record<string, readonly SubjectId[]>> = {
  ditto: [subject('nginx:ditto')],
  device: [subject('nginx:device')],
};

let broker: EmbeddedBroker;
let clients: MqttClient[] = [];
let logged: string[] = [];
let received: InboundMessage[] = [];
const log: Logger = {
  error: (fields, message) => logged.push(`error ${message} ${JSON.stringify(fields)}`),
  warn: (fields, message) => logged.push(`warn ${message} ${JSON.stringify(fields)}`),
  info: () => undefined,
  debug: (fields, message) => logged.push(`debug ${message} ${JSON.stringify(fields)}`),
};

async function open(options: Partial<BrokerOptions> = {}): Promise<EmbeddedBroker> {
  broker = await openEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    authenticate: (username, password) =>
      username === password && Object.hasOwn(USERS, username) ? { subjects: USERS[username] ?? [] } : undefined,
    onMessage: (message) => {
      received.push(message);
      return Promise.resolve();
    },
    topics: { sources: ['telemetry/#'], targets: ['opentwins/#'], receivers: [subject('nginx:ditto')] },
    log,
    ...options,
  });
  return broker;
}

async function connect(options: IClientOptions = {}, url = `mqtt://127.0.0.1:${broker.port}`): Promise<MqttClient> {
  const client = await connectAsync(
    url,
    { username: 'ditto', password: 'ditto', reconnectPeriod: 0, ...options },
    false,
  );
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 4_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function payloads(client: MqttClient): string[] {
  const list: string[] = [];
  client.on('message', (_topic, payload) => list.push(payload.toString()));
  return list;
}

const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()));

beforeEach(() => {
  clients = [];
  logged = [];
  received = [];
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.close();
});

describe('connections', () => {
  it('hands a message with its topic, subjects and bytes to the handler', async () => {
    await open();
    const client = await connect({ username: 'device', password: 'device' });
    await client.publishAsync('telemetry/a', 'hello', { qos: 1 });
    expect(received).toEqual([
      {
        address: 'telemetry/a',
        payload: Buffer.from('hello'),
        subjects: ['nginx:device'],
        headers: { 'mqtt.topic': 'telemetry/a', 'mqtt.qos': '1', 'mqtt.retain': 'false' },
      },
    ]);
  });

  it.each<[string, IClientOptions, RegExp]>([
    ['a wrong password', { password: 'wrong' }, /user or password is wrong/],
    ['an unknown user', { username: '__proto__', password: '__proto__' }, /user or password is wrong/],
    ['no password', { username: '', password: '' }, /user or password is (missing|wrong)/],
    ['a client id without end', { clientId: 'x'.repeat(1_000) }, /client id is too long/],
  ])('refuses %s and logs it once', async (_what, options, reason) => {
    await open();
    await expect(connect(options)).rejects.toThrow();
    await expect(connect(options)).rejects.toThrow();
    expect(logged.filter((line) => line.startsWith('warn') && reason.test(line))).toHaveLength(1);
    expect(broker.counters()).toMatchObject({ connectionsRefused: 2, clients: 0 });
  });

  it('lets nobody take over the client id of another user', async () => {
    await open();
    const owner = await connect({ clientId: 'one' });
    await expect(connect({ clientId: 'one', username: 'device', password: 'device' })).rejects.toThrow();
    expect(owner.connected).toBe(true);
    const away = closed(owner);
    await connect({ clientId: 'one' });
    await away;
  });

  it('refuses more clients than allowed', async () => {
    await open({ limits: { clients: 1 } });
    await connect();
    await expect(connect()).rejects.toThrow();
  });

  it('knows whether anybody would receive a message', async () => {
    const { hasReceivers } = await open();
    const device = await connect();
    expect(hasReceivers()).toBe(false);
    const kept = await connect({ clean: false, clientId: 'kept' });
    await kept.subscribeAsync('a/#', { qos: 1 });
    await device.subscribeAsync('b');
    expect(hasReceivers()).toBe(true);
    await device.unsubscribeAsync('b');
    await kept.endAsync();
    // The session of the client that left still collects messages.
    expect(hasReceivers()).toBe(true);
    const returned = await connect({ clean: false, clientId: 'kept' });
    await returned.unsubscribeAsync('a/#');
    await until(() => !hasReceivers());
  });

  it('names the port that is taken and how to change it', async () => {
    const { port } = await open();
    const attempt = openEmbeddedBroker({
      host: '127.0.0.1',
      port,
      authenticate: () => undefined,
      onMessage: () => Promise.resolve(),
      topics: { sources: [], targets: [], receivers: [] },
      log,
    });
    await expect(attempt).rejects.toThrow(PortTaken);
    await expect(attempt).rejects.toThrow(new RegExp(`${port}.*GEMEL_MQTT_PORT`));
  });

  it.each<[string, Buffer]>([
    ['no MQTT', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a packet before CONNECT', Buffer.from([0x30, 0x03, 0x00, 0x01, 0x61])],
    ['a huge packet before CONNECT', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0x00])],
  ])('closes a connection that sends %s', async (_what, bytes) => {
    await open();
    const socket = await rawSocket();
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(broker.counters().clients).toBe(0);
    const client = await connect();
    expect(client.connected).toBe(true);
  });

  it('tells clients of MQTT 5 that it does not speak it, and lets them fall back', async () => {
    await open();
    await expect(connect({ protocolVersion: 5 })).rejects.toMatchObject({ code: 0x84 });
    const client = await connect({ protocolVersion: 4 });
    expect(client.connected).toBe(true);
    expect(broker.counters()).toMatchObject({ clients: 1, protocolErrors: 1 });
  });

  it('speaks MQTT over WebSocket', async () => {
    await open();
    const http = createServer();
    http.on('upgrade', (request, socket, head) => {
      broker.handleWebSocket(request, socket, head);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const client = await connect({}, `ws://127.0.0.1:${(http.address() as AddressInfo).port}/mqtt`);
    const list = payloads(client);
    await client.subscribeAsync('opentwins/#', { qos: 1 });
    await client.publishAsync('telemetry/web', 'x'.repeat(100_000), { qos: 1 });
    await broker.publish({ address: 'opentwins/a', payload: 'event', qos: 1, headers: {} });
    await until(() => list.length === 1);
    expect(received[0]?.payload).toHaveLength(100_000);
    client.end(true);
    await broker.close();
    await new Promise((resolve) => http.close(resolve));
  });
});

describe('acknowledgements', () => {
  it.each([1, 2] as const)('come at QoS %i after the handler has resolved, not before', async (qos) => {
    let commit = (): void => undefined;
    const committed = new Promise<void>((resolve) => (commit = resolve));
    let arrived = 0;
    await open({ onMessage: () => (arrived++, committed) });
    const client = await connect();
    let acknowledged = false;
    const publishing = client.publishAsync('telemetry/a', '1', { qos }).then(() => (acknowledged = true));
    await until(() => arrived === 1);
    await client.publishAsync('telemetry/b', '', { qos: 0 });
    await until(() => arrived === 2);
    expect(acknowledged).toBe(false);
    expect(broker.counters().inFlight).toBe(2);
    commit();
    await publishing;
  });

  it('handles pipelined messages of one client together and confirms them in order', async () => {
    const commits: (() => void)[] = [];
    await open({ onMessage: () => new Promise<void>((resolve) => commits.push(resolve)) });
    const client = await connect();
    const confirmed: number[] = [];
    const all = Array.from({ length: 20 }, async (_, index) => {
      await client.publishAsync('telemetry/a', String(index), { qos: 1 });
      confirmed.push(index);
    });
    await until(() => commits.length === 20);
    for (const commit of commits.reverse()) commit();
    await Promise.all(all);
    expect(confirmed).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('fail with the connection when the handler rejects, so that the client sends again', async () => {
    let fail = true;
    const onMessage: InboundHandler = (message) => {
      received.push(message);
      return fail ? Promise.reject(new Error('the store is away')) : Promise.resolve();
    };
    await open({ onMessage });
    const client = await connect({ reconnectPeriod: 20, clientId: 'device', clean: false });
    client.once('close', () => (fail = false));
    await client.publishAsync('telemetry/a', 'again', { qos: 1 });
    expect(received.map(({ payload }) => payload.toString())).toEqual(['again', 'again']);
    expect(logged.some((line) => line.includes('the store is away'))).toBe(true);
  });

  it('does not hand a QoS 2 message on twice when it is sent twice', async () => {
    await open();
    const socket = await rawSocket();
    socket.write(connectPacket('raw'));
    const bytes = reader(socket);
    const pubrec = Buffer.from([0x50, 0x02, 0x00, 0x07]);
    await until(() => bytes().includes(Buffer.from([0x20, 0x02])));
    const publish = Buffer.from([0x34, 0x10, 0x00, 0x0b, ...Buffer.from('telemetry/a'), 0x00, 0x07, 0x78]);
    socket.write(publish);
    await until(() => bytes().includes(pubrec));
    socket.write(publish);
    await until(() => bytes().lastIndexOf(pubrec) > bytes().indexOf(pubrec));
    expect(received).toHaveLength(1);
    socket.destroy();
  });

  it('makes a client wait that has too much under way, loses nothing and keeps the order', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const onMessage: InboundHandler = (message) => {
      received.push(message);
      return finished;
    };
    await open({ onMessage, limits: { messagesPerClient: 10 } });
    const socket = await rawSocket();
    const bytes = reader(socket);
    socket.setNoDelay(true).write(connectPacket('eager'));
    await until(() => bytes().includes(Buffer.from([0x20, 0x02])));
    const numbers = Array.from({ length: 60 }, (_, index) => String(10 + index));
    // One network packet each: aedes itself only waits for those that come in one.
    for (const number of numbers) {
      socket.write(Buffer.from([0x30, 0x0f, 0x00, 0x0b, ...Buffer.from('telemetry/a'), ...Buffer.from(number)]));
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => received.length >= 10);
    expect(broker.counters().inFlight).toBeLessThan(30);
    finish();
    await until(() => received.length === 60);
    expect(received.map(({ payload }) => payload.toString())).toEqual(numbers);
    await until(() => broker.counters().inFlight === 0);
    socket.destroy();
  });

  it('hands on a last will', async () => {
    await open();
    const will = { topic: 'telemetry/will', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
    const client = await connect({ will });
    client.stream.destroy();
    await until(() => received.length === 1);
    expect(received[0]?.payload.toString()).toBe('gone');
  });

  it('closes a client that sends a packet beyond the limit', async () => {
    await open({ limits: { packetBytes: 100_000 } });
    const client = await connect();
    const away = closed(client);
    client.publish('telemetry/a', 'x'.repeat(1_000_000), { qos: 1 });
    await away;
    expect(received).toEqual([]);
  });

  it('of messages under way are sent before the broker closes', async () => {
    let commit = (): void => undefined;
    const committed = new Promise<void>((resolve) => (commit = resolve));
    let arrived = 0;
    await open({ onMessage: () => (arrived++, committed) });
    const client = await connect();
    const publishing = client.publishAsync('telemetry/a', '1', { qos: 1 });
    await until(() => arrived === 1);
    const closing = broker.close();
    commit();
    await publishing;
    await closing;
    await expect(connect()).rejects.toThrow();
  });
});

describe('topic rights', () => {
  it.each(['opentwins/fake', '$SYS/x', '$share/x'])(
    'confirms a message to %s, drops it and logs it once',
    async (topic) => {
      await open();
      const client = await connect();
      const list = payloads(client);
      await client.subscribeAsync('#', { qos: 1 });
      await client.publishAsync(topic, 'fake', { qos: 1, retain: true });
      await client.publishAsync(topic, 'fake', { qos: 0 });
      await client.publishAsync('free/topic', 'true', { qos: 1 });
      await until(() => list.length > 0);
      expect(list).toEqual(['true']);
      expect(logged.filter((line) => line.startsWith('warn dropped'))).toHaveLength(1);
      expect(broker.counters().publishesRefused).toBe(2);
    },
  );

  it('lets only the receivers subscribe to sources and targets', async () => {
    await open();
    const device = await connect({ username: 'device', password: 'device' });
    const list = payloads(device);
    const filters = ['opentwins/#', 'opentwins/twin/+', 'telemetry/#', '$SYS/#', 'own/#', '#'];
    const granted = await Promise.all(filters.map((filter) => grant(device, filter)));
    expect(granted).toEqual([128, 128, 128, 128, 1, 1]);
    await broker.publish({ address: 'opentwins/a', payload: 'secret', qos: 1, headers: {} });
    await broker.publish({ address: 'own/a', payload: 'mine', qos: 1, headers: {} });
    await until(() => list.length > 0);
    expect(list).toEqual(['mine']);
    expect(logged.filter((line) => line.startsWith('warn refused an MQTT subscription'))).toHaveLength(4);
  });

  it('allows as many subscriptions as the limit', async () => {
    await open({ limits: { subscriptionsPerClient: 2 } });
    const client = await connect();
    expect(await grant(client, 'a')).toBe(1);
    expect(await grant(client, 'b')).toBe(1);
    expect(await grant(client, 'c')).toBe(128);
    await client.unsubscribeAsync('a');
    expect(await grant(client, 'c')).toBe(1);
  });
});

describe('subscribers', () => {
  it('get every message of the server, whatever its QoS', async () => {
    await open();
    const client = await connect();
    const list = payloads(client);
    await client.subscribeAsync('opentwins/#', { qos: 1 });
    const numbers = Array.from({ length: 200 }, (_, index) => String(index));
    const send = (payload: string, index: number) =>
      broker.publish({ address: 'opentwins/a', payload, qos: index % 3 === 0 ? 0 : 1, headers: {} });
    await Promise.all(numbers.map(send));
    await until(() => list.length === 200);
    expect(list).toEqual(numbers);
  });

  it('with a session get what came while they were away, up to its bound', async () => {
    await open({ limits: { queuedMessages: 3 } });
    const first = await connect({ clientId: 'away', clean: false });
    await first.subscribeAsync('opentwins/#', { qos: 1 });
    await first.endAsync();
    await until(() => broker.counters().clients === 0);
    for (let index = 0; index < 5; index++) {
      await broker.publish({ address: 'opentwins/a', payload: String(index), qos: 1, headers: {} });
    }
    const second = await connect({ clientId: 'away', clean: false });
    const list = payloads(second);
    await until(() => list.length === 3);
    expect(list).toEqual(['0', '1', '2']);
    expect(broker.counters().dropped).toBe(2);
  });

  it('that take nothing are closed and hold nobody up', async () => {
    await open({ limits: { subscriberBytes: 1_000_000 } });
    const socket = await rawSocket();
    socket.write(connectPacket('slow'));
    const bytes = reader(socket);
    await until(() => bytes().includes(Buffer.from([0x20, 0x02])));
    socket.write(Buffer.from([0x82, 0x10, 0x00, 0x01, 0x00, 0x0b, ...Buffer.from('opentwins/#'), 0x00]));
    await until(() => bytes().includes(Buffer.from([0x90, 0x03])));
    socket.pause();
    const payload = 'x'.repeat(100_000);
    for (let index = 0; index < 200; index++) {
      await broker.publish({ address: 'opentwins/a', payload, qos: 1, headers: {} });
    }
    await until(() => broker.counters().slowSubscribers === 1);
    await until(() => broker.counters().clients === 0);
    expect(logged.filter((line) => line.startsWith('warn closed an MQTT client'))).toHaveLength(1);
    socket.destroy();
  });

  it.each([
    ['a wildcard', 'a/+'],
    ['a rest', 'a/#'],
    ['nothing', ''],
    ['U+0000', 'a\0b'],
    ['70,000 bytes', 'x'.repeat(70_000)],
  ])('are spared a topic with %s, which the server is refused', async (_what, address) => {
    await open();
    const message = { address, payload: '', qos: 1, headers: {} } as const;
    await expect(broker.publish(message)).rejects.toThrow('cannot be an MQTT topic name');
  });
});

/** The QoS granted, 128 for a refusal. */
async function grant(client: MqttClient, filter: string): Promise<number | undefined> {
  const grants = await client.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
  return grants[0]?.qos;
}

async function rawSocket(): Promise<Socket> {
  const socket = connectSocket(broker.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.resume();
  return socket;
}

function reader(socket: Socket): () => Buffer {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

/** CONNECT of MQTT 3.1.1 by ditto/ditto with a clean session. */
function connectPacket(clientId: string): Buffer {
  const text = (value: string) => [0, value.length, ...Buffer.from(value)];
  const body = [...text('MQTT'), 4, 0xc2, 0, 60, ...text(clientId), ...text('ditto'), ...text('ditto')];
  return Buffer.from([0x10, body.length, ...body]);
}
