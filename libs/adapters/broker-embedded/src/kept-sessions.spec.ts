import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { InboundMessage, Logger } from '@gemel/application/ports';
import { parseSubjectId } from '@gemel/model/policies';
import { openDatabase } from '@gemel/sqlite';
import { connectAsync } from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';

import type { BrokerOptions } from './broker-options.js';
import { openEmbeddedBroker } from './embedded-broker.js';
import type { EmbeddedBroker } from './embedded-broker.js';
import { BrokerDataFromNewerVersion } from './journal-schema.js';

const log: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
let folder: string;
let broker: EmbeddedBroker;
let clients: MqttClient[];
let received: InboundMessage[];

async function open(options: Partial<BrokerOptions> = {}): Promise<void> {
  broker = await openEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    folder,
    authenticate: (username) => ({ subjects: [parseSubjectId(`nginx:${username}`)] }),
    onMessage: (message) => {
      received.push(message);
      return Promise.resolve();
    },
    topics: { sources: ['telemetry/#'], targets: ['events/#'], receivers: [parseSubjectId('nginx:ditto')] },
    log,
    ...options,
  });
}

async function restart(options: Partial<BrokerOptions> = {}): Promise<void> {
  await broker.close();
  await open(options);
}

async function connect(options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(
    `mqtt://127.0.0.1:${broker.port}`,
    { username: 'ditto', password: 'x', reconnectPeriod: 0, ...options },
    false,
  );
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

const KEPT: IClientOptions = { clientId: 'kept', clean: false };

/** What arrives from the first packet on, also before the client knows that it is connected. */
async function connectListening(options: IClientOptions = KEPT): Promise<{ client: MqttClient; texts: string[] }> {
  const client = await connect(options);
  const texts: string[] = [];
  client.on('message', (topic, payload) => texts.push(`${topic} ${payload.toString()}`));
  return { client, texts };
}

async function until(condition: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-broker-'));
  clients = [];
  received = [];
  await open();
});

afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.close();
  await rm(folder, { recursive: true });
});

describe('after a restart, a session', () => {
  it.each([1, 2] as const)('has its subscriptions, and what came at QoS %i while its client was away', async (qos) => {
    const first = await connect(KEPT);
    await first.subscribeAsync('a/+', { qos });
    await first.endAsync();
    const sender = await connect();
    await sender.publishAsync('a/1', 'before', { qos });
    await restart();
    const other = await connect();
    await other.publishAsync('a/2', 'after', { qos });
    await other.publishAsync('b', 'never asked for', { qos });
    const { client, texts } = await connectListening();
    await until(() => texts.length === 2);
    await other.publishAsync('a/3', 'live', { qos });
    await until(() => texts.length === 3);
    expect(texts).toEqual(['a/1 before', 'a/2 after', 'a/3 live']);
    await until(() => broker.counters().queued === 0);
    await client.endAsync();
    await restart();
    expect(broker.counters()).toMatchObject({ sessions: 1, queued: 0 });
  });

  it('has twin events that the server published', async () => {
    const first = await connect(KEPT);
    await first.subscribeAsync('events/#', { qos: 1 });
    await first.endAsync();
    await broker.publish({ address: 'events/a', payload: 'event', qos: 1, headers: {} });
    await restart();
    const { texts } = await connectListening();
    await until(() => texts.length === 1);
    expect(texts).toEqual(['events/a event']);
  });

  it('still belongs to its user', async () => {
    const first = await connect(KEPT);
    await first.subscribeAsync('a', { qos: 1 });
    await restart();
    await expect(connect({ ...KEPT, username: 'device' })).rejects.toThrow();
    await connect(KEPT);
  });

  it('is gone when its client asked for a clean one, or unsubscribed', async () => {
    const one = await connect(KEPT);
    await one.subscribeAsync(['a', 'b'], { qos: 1 });
    await one.unsubscribeAsync('b');
    const other = await connect({ clientId: 'other', clean: false });
    await other.subscribeAsync('a', { qos: 1 });
    await other.endAsync();
    await connect({ clientId: 'other', clean: true });
    await restart();
    const sender = await connect();
    await sender.publishAsync('a', '1', { qos: 1 });
    await sender.publishAsync('b', '2', { qos: 1 });
    const { texts } = await connectListening();
    await until(() => texts.length === 1);
    expect(texts).toEqual(['a 1']);
    expect(broker.counters()).toMatchObject({ sessions: 1 });
  });

  it('holds as many messages as its bound, and counts the others', async () => {
    const first = await connect(KEPT);
    await first.subscribeAsync('a', { qos: 1 });
    await first.endAsync();
    await restart({ limits: { queuedMessages: 2 } });
    const sender = await connect();
    for (const text of ['1', '2', '3']) await sender.publishAsync('a', text, { qos: 1 });
    expect(broker.counters()).toMatchObject({ queued: 2, dropped: 1 });
    await restart({ limits: { queuedMessages: 2 } });
    const { texts } = await connectListening();
    await until(() => texts.length === 2);
    expect(texts).toEqual(['a 1', 'a 2']);
  });

  it('shares the room for all sessions with the others, and gives it back', async () => {
    await restart({ limits: { allQueuedBytes: 15 } });
    for (const clientId of ['one', 'two']) {
      const client = await connect({ clientId, clean: false });
      await client.subscribeAsync('a', { qos: 1 });
      await client.endAsync();
    }
    const sender = await connect();
    await sender.publishAsync('a', '0123456789', { qos: 1 });
    expect(broker.counters()).toMatchObject({ queued: 1, dropped: 1 });
    for (const clientId of ['one', 'two']) await connect({ clientId, clean: true });
    expect(broker.counters()).toMatchObject({ queued: 0, sessions: 0 });
    const again = await connect({ clientId: 'three', clean: false });
    await again.subscribeAsync('a', { qos: 1 });
    await again.endAsync();
    await sender.publishAsync('a', '0123456789', { qos: 1 });
    expect(broker.counters()).toMatchObject({ queued: 1, dropped: 1 });
  });

  it.each(['__proto__', 'constructor', 'ä/+/#', "'; DROP TABLE sessions; --"])(
    'may have the client id %s',
    async (clientId) => {
      const first = await connect({ clientId, clean: false });
      await first.subscribeAsync('a', { qos: 1 });
      await first.endAsync();
      await restart();
      await (await connect()).publishAsync('a', '1', { qos: 1 });
      const { texts } = await connectListening({ clientId, clean: false });
      await until(() => texts.length === 1);
      expect(texts).toEqual(['a 1']);
    },
  );
});

describe('a QoS 2 message', () => {
  /** Packets as they are on the wire, from a client that keeps its session. */
  async function rawClient(): Promise<{ send: (bytes: Buffer, answer: Buffer) => Promise<void>; leave: () => void }> {
    const socket = connectSocket(broker.port, '127.0.0.1');
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
    const send = async (bytes: Buffer, answer: Buffer): Promise<void> => {
      received = Buffer.alloc(0);
      socket.write(bytes);
      await until(() => received.includes(answer));
    };
    const text = (value: string) => [0, value.length, ...Buffer.from(value)];
    const body = [...text('MQTT'), 4, 0xc0, 0, 60, ...text('raw'), ...text('ditto'), ...text('x')];
    await send(Buffer.from([0x10, body.length, ...body]), Buffer.from([0x20, 0x02]));
    return { send, leave: () => socket.destroy() };
  }

  const publish = (text: string, isRepeated: boolean) =>
    Buffer.from([isRepeated ? 0x3c : 0x34, 0x06, 0x00, 0x01, ...Buffer.from('a'), 0x00, 0x07, ...Buffer.from(text)]);
  const PUBREC = Buffer.from([0x50, 0x02, 0x00, 0x07]);
  const PUBREL = Buffer.from([0x62, 0x02, 0x00, 0x07]);
  const PUBCOMP = Buffer.from([0x70, 0x02, 0x00, 0x07]);

  it('that is sent again after a restart is one, and the next under its id is another one', async () => {
    const keeper = await connect(KEPT);
    await keeper.subscribeAsync('a', { qos: 2 });
    await keeper.endAsync();
    const sender = await rawClient();
    await sender.send(publish('1', false), PUBREC);
    sender.leave();
    await restart();
    const again = await rawClient();
    await again.send(publish('1', true), PUBREC);
    await again.send(PUBREL, PUBCOMP);
    await again.send(publish('2', false), PUBREC);
    again.leave();
    await restart();
    const { texts } = await connectListening();
    await until(() => texts.length === 2);
    await until(() => broker.counters().queued === 0);
    expect(texts).toEqual(['a 1', 'a 2']);
  });
});

describe('retained messages', () => {
  it.each(['/', '//', 'ä/日本/🚗', '__proto__', 'constructor/x', "a'; DROP TABLE retained; --", 'x'.repeat(20_000)])(
    'may be on the topic %j',
    async (topic) => {
      await (await connect()).publishAsync(topic, 'kept', { qos: 1, retain: true });
      await restart();
      const { client, texts } = await connectListening();
      await client.subscribeAsync(topic, { qos: 1 });
      await until(() => texts.length === 1);
      expect(texts).toEqual([`${topic} kept`]);
    },
  );

  it('are not on a topic of more levels than a filter may have, whose sender is disconnected', async () => {
    const sender = await connect();
    const gone = new Promise<void>((resolve) => sender.once('close', () => resolve()));
    sender.publish('a/'.repeat(200), 'x', { qos: 1, retain: true });
    await gone;
    await restart();
    expect(broker.counters()).toMatchObject({ retained: 0 });
  });

  it('outlive a restart; an empty one takes the last away', async () => {
    const sender = await connect();
    for (const topic of ['r/1', 'r/2', 'r/3']) await sender.publishAsync(topic, topic, { qos: 1, retain: true });
    await sender.publishAsync('r/3', 'newer', { qos: 1, retain: true });
    await sender.publishAsync('r/2', '', { qos: 1, retain: true });
    await restart();
    const { client, texts } = await connectListening();
    await client.subscribeAsync('r/+', { qos: 1 });
    await until(() => texts.length === 2);
    expect(texts.sort()).toEqual(['r/1 r/1', 'r/3 newer']);
    expect(broker.counters()).toMatchObject({ retained: 2 });
  });

  it('are sent once each, however many there are', async () => {
    const count = 10_000;
    const sender = await connect();
    const sent = Array.from({ length: count }, (_, index) =>
      sender.publishAsync(`many/${index}`, 'x', { qos: 1, retain: true }),
    );
    await Promise.all(sent);
    await restart();
    const { client, texts } = await connectListening();
    await client.subscribeAsync('many/#', { qos: 0 });
    await until(() => texts.length >= count, 60_000);
    expect(new Set(texts).size).toBe(count);
    const refused = await connect();
    await refused.publishAsync('many/more', 'x', { qos: 1, retain: true });
    expect(broker.counters()).toMatchObject({ retained: count, dropped: 1 });
  }, 90_000);
});

describe('a last will', () => {
  const will = { topic: 'telemetry/will', payload: Buffer.from('gone'), qos: 1, retain: false } as const;

  /** As a process that is killed leaves it: the file is copied while the client is connected. */
  async function crash(): Promise<void> {
    const left = folder;
    const copy = await mkdtemp(join(tmpdir(), 'gemel-broker-'));
    const database = await openDatabase(join(left, 'broker.db'), { durability: 'normal' });
    database.exec(`VACUUM INTO '${join(copy, 'broker.db')}'`);
    database.close();
    await broker.close();
    await rm(left, { recursive: true });
    folder = copy;
    received = [];
    await open();
  }

  it('is said by the next process on the authority of the client, once', async () => {
    await connect({ clientId: 'device', username: 'device', will });
    await crash();
    expect(received).toMatchObject([{ address: 'telemetry/will', subjects: ['nginx:device'] }]);
    await restart();
    expect(received).toHaveLength(1);
  });

  it('is not said when the client has said goodbye, nor when it is nobody’s to say', async () => {
    const polite = await connect({ clientId: 'polite', will });
    await polite.endAsync();
    await connect({ clientId: 'liar', will: { ...will, topic: 'events/fake', retain: true } });
    // Written with the next that somebody waits for.
    const other = await connect(KEPT);
    await other.subscribeAsync('a', { qos: 1 });
    await crash();
    expect(received).toEqual([]);
    expect(broker.counters()).toMatchObject({ retained: 0 });
  });
});

describe('the file', () => {
  it('of a newer Gemel is refused', async () => {
    await broker.close();
    const database = await openDatabase(join(folder, 'broker.db'), { durability: 'normal' });
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(open()).rejects.toThrow(BrokerDataFromNewerVersion);
  });

  it('that cannot be written costs nothing that was confirmed', async () => {
    const first = await connect(KEPT);
    await first.subscribeAsync('a', { qos: 1 });
    await first.endAsync();
    const lock = await openDatabase(join(folder, 'broker.db'), { durability: 'normal' });
    lock.exec('BEGIN IMMEDIATE');
    const sender = await connect();
    const refused = new Promise<void>((resolve) => sender.once('close', () => resolve()));
    let confirmed = false;
    sender.publishAsync('a', 'refused', { qos: 1 }).then(
      () => (confirmed = true),
      () => undefined,
    );
    await refused;
    expect(confirmed).toBe(false);
    lock.exec('ROLLBACK');
    lock.close();
    const again = await connect();
    await again.publishAsync('a', 'confirmed', { qos: 1 });
    await restart();
    const { texts } = await connectListening();
    await until(() => texts.includes('a confirmed'));
  }, 15_000);
});
