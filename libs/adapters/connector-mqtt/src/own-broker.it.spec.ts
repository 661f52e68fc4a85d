import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ConnectorStatus, InboundHandler, InboundMessage, OpenConnector } from '@gemel/application/ports';
import { parseConnection } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import { openMosquitto } from '@gemel/testkit/network';
import type { Mosquitto, MosquittoOptions } from '@gemel/testkit/network';
import { connectAsync } from 'mqtt';
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';

import { mqttConnector } from './mqtt-connector.js';

let broker: Mosquitto;
let opened: OpenConnector[];
let clients: MqttClient[];
let statuses: ConnectorStatus[];
let handled: InboundMessage[];
let handler: InboundHandler;

beforeEach(() => {
  opened = [];
  clients = [];
  statuses = [];
  handled = [];
  handler = () => Promise.resolve();
});

afterEach(async () => {
  for (const each of opened) await each.close(0);
  for (const client of clients) client.end(true);
  await broker.close();
});

const startBroker = async (options: MosquittoOptions = {}) => {
  broker = await openMosquitto(options);
};

async function open(change: JsonObject = {}, options: { messagesInFlight?: number } = {}): Promise<OpenConnector> {
  const connection = parseConnection({
    id: 'cars',
    connectionType: 'mqtt-5',
    uri: `mqtt://127.0.0.1:${broker.port}`,
    sources: [{ addresses: ['in/#'], qos: 2, authorizationContext: ['nginx:ditto'] }],
    specificConfig: { reconnectForRedeliveryDelay: '1ms' },
    ...change,
  });
  const connector = await mqttConnector({ firstPauseMs: 1, longestPauseMs: 20, ...options }).open(
    connection,
    (message) => {
      handled.push(message);
      return handler(message);
    },
    (status) => statuses.push(status),
  );
  opened.push(connector);
  return connector;
}

async function connect(options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 10, ...options });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const isOpen = () => statuses.at(-1)?.state === 'open';
const text = ({ payload }: { readonly payload: Uint8Array | string }) => Buffer.from(payload as Uint8Array).toString();
const source = (addresses: readonly string[], qos = 1) => ({ addresses, qos, authorizationContext: ['nginx:ditto'] });
const types = ['mqtt', 'mqtt-5'];

describe.each(types)('type %s', (connectionType) => {
  it('loses nothing when the broker restarts under load, and keeps the order of each topic', async () => {
    await startBroker();
    await open({ connectionType, sources: [source(['in/#'])] });
    await until(isOpen);
    const device = await connect({ clean: false, clientId: 'device' });
    const numbers = Array.from({ length: 3_000 }, (_, index) => index);
    const sent = Promise.all(numbers.map((each) => device.publishAsync(`in/${each % 5}`, String(each), { qos: 1 })));
    await until(() => handled.length > 300);
    await broker.stop();
    await until(() => !isOpen());
    await broker.start();
    await sent;
    await until(() => new Set(handled.map(text)).size === 3_000);
    for (let topic = 0; topic < 5; topic++) {
      const own = handled.filter(({ address }) => address === `in/${topic}`).map((each) => Number(text(each)));
      // What comes again comes from the first unconfirmed on, so that first appearances are in order.
      expect([...new Set(own)]).toEqual(numbers.filter((each) => each % 5 === topic));
    }
  });

  it('handles many messages at a time, and no more than it may', async () => {
    await startBroker({ configuration: ['max_inflight_messages 0'] });
    const stuck: (() => void)[] = [];
    handler = () => new Promise((resolve) => stuck.push(resolve));
    await open({ connectionType }, { messagesInFlight: 200 });
    await until(isOpen);
    const device = await connect();
    const sent = Promise.all(Array.from({ length: 1_000 }, () => device.publishAsync('in/a', 'x', { qos: 1 })));
    await until(() => stuck.length === 200);
    await sent;
    expect(stuck).toHaveLength(200);
    while (handled.length < 1_000) {
      for (const resolve of stuck.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const resolve of stuck) resolve();
    expect(handled).toHaveLength(1_000);
  });

  it('handles a message of QoS 2 once, also across a broken connection', async () => {
    await startBroker();
    const stuck: (() => void)[] = [];
    await open({ connectionType });
    await until(isOpen);
    const device = await connect();
    await device.publishAsync('in/a', 'first', { qos: 2 });
    await until(() => handled.length === 1);
    expect(handled[0]?.headers['mqtt.qos']).toBe('2');
    handler = () => new Promise((resolve) => stuck.push(resolve));
    await device.publishAsync('in/a', 'second', { qos: 2 });
    await until(() => stuck.length === 1);
    await broker.stop();
    await until(() => !isOpen());
    stuck[0]?.();
    await broker.start();
    await until(isOpen);
    handler = () => Promise.resolve();
    const again = await connect();
    for (let n = 0; n < 50; n++) await again.publishAsync('in/a', String(n), { qos: 2 });
    await until(() => handled.length >= 52);
    expect(handled.map(text)).toEqual(['first', 'second', ...Array.from({ length: 50 }, (_, n) => String(n))]);
  });

  it('handles a message once that several addresses take, for the first of them', async () => {
    await startBroker();
    const first = { ...source(['in/+/b', 'in/a/+']), authorizationContext: ['test:first'] };
    await open({ connectionType, sources: [first, source(['in/#', 'in/+/b'], 2)] });
    await until(isOpen);
    const device = await connect();
    for (const topic of ['in/a/b', 'in/c/b', 'in/d', 'in/end']) await device.publishAsync(topic, 'x', { qos: 1 });
    await until(() => handled.some(({ address }) => address === 'in/end'));
    expect(handled.map(({ address, source: index, subjects }) => [address, index, subjects[0]])).toEqual([
      ['in/a/b', 0, 'test:first'],
      ['in/c/b', 0, 'test:first'],
      ['in/d', 1, 'nginx:ditto'],
      ['in/end', 1, 'nginx:ditto'],
    ]);
  });

  it('handles what was retained before it came, once', async () => {
    await startBroker();
    const device = await connect();
    await device.publishAsync('in/state', 'on', { qos: 1, retain: true });
    await open({ connectionType });
    await until(() => handled.length === 1);
    expect(handled[0]?.headers).toMatchObject({ 'mqtt.topic': 'in/state', 'mqtt.retain': 'true' });
    await broker.stop();
    await until(() => !isOpen());
    await broker.start();
    await until(isOpen);
    const again = await connect();
    await again.publishAsync('in/next', 'x', { qos: 1 });
    await until(() => handled.some(({ address }) => address === 'in/next'));
    expect(handled).toHaveLength(2);
  });

  it('says what is wrong with the connection, without its password, and comes to stand when that is mended', async () => {
    const password = (folder: string) =>
      void spawnSync('mosquitto_passwd', ['-b', '-c', join(folder, 'users'), 'me', 'hunter2']);
    await startBroker({ configuration: ['allow_anonymous false', 'password_file FOLDER/users'], prepare: password });
    await open({ connectionType, uri: `mqtt://me:swordfish@127.0.0.1:${broker.port}` });
    await until(() => statuses.some(({ state }) => state === 'misconfigured'));
    expect(JSON.stringify(statuses)).toMatch(/not authorized/i);
    expect(JSON.stringify(statuses)).not.toContain('swordfish');
    statuses = [];
    await open({ connectionType, id: 'right', uri: `mqtt://me:hunter2@127.0.0.1:${broker.port}` });
    await until(() => statuses.some(({ state }) => state === 'open'));
  });

  it('receives and sends with a client each when it is told to', async () => {
    await startBroker();
    const target = {
      address: 'out',
      topics: ['_/_/things/twin/events'],
      qos: 1,
      authorizationContext: ['nginx:ditto'],
    };
    const connector = await open({
      connectionType,
      targets: [target],
      specificConfig: { clientId: 'in-client', publisherId: 'out-client', separatePublisherClient: 'true' },
    });
    await until(isOpen);
    expect(connector.status().state).toBe('open');
    // It sends while what it received is stuck, since that is another client.
    const stuck: (() => void)[] = [];
    handler = () => new Promise((resolve) => stuck.push(resolve));
    const other = await connect();
    const messages: string[] = [];
    other.on('message', (_topic, payload) => messages.push(payload.toString()));
    await other.subscribeAsync('out', { qos: 1 });
    await other.publishAsync('in/a', 'x', { qos: 1 });
    await until(() => stuck.length === 1);
    await connector.publish({ address: 'out', payload: 'y', qos: 1, headers: {} });
    await until(() => messages.length === 1);
    const closing = connector.close(5_000);
    stuck[0]?.();
    await closing;
  });

  it('gives up after a failure when it is told to', async () => {
    await startBroker();
    const connector = await open({ connectionType, failoverEnabled: false });
    await until(isOpen);
    await broker.stop();
    await until(() => statuses.at(-1)?.state === 'failed');
    expect(connector.status().detail).toMatch(/does not try again/);
  });

  it('checks the certificate of the broker against the CA that it is given', async () => {
    await startBroker({
      configuration: ['certfile FOLDER/cert.pem', 'keyfile FOLDER/key.pem'],
      prepare: makeCertificate,
    });
    const uri = `ssl://localhost:${broker.port}`;
    await open({ connectionType, uri });
    await until(() => statuses.some(({ state }) => state === 'misconfigured'));
    expect(statuses.find(({ state }) => state === 'misconfigured')?.detail).toMatch(/certificate/);
    statuses = [];
    await open({ connectionType, id: 'b', uri, ca: readFileSync(join(broker.folder, 'cert.pem'), 'utf8') });
    await until(() => statuses.some(({ state }) => state === 'open'));
    statuses = [];
    await open({ connectionType, id: 'c', uri, validateCertificates: false });
    await until(() => statuses.some(({ state }) => state === 'open'));
  });
});

describe('MQTT 5', () => {
  it('carries headers both ways', async () => {
    await startBroker();
    const target = {
      address: 'out',
      topics: ['_/_/things/twin/events'],
      qos: 1,
      authorizationContext: ['nginx:ditto'],
    };
    const connector = await open({ targets: [target] });
    await until(isOpen);
    const other = await connect({ protocolVersion: 5 });
    await other.publishAsync('in/a', 'x', {
      qos: 1,
      properties: {
        contentType: 'application/json',
        correlationData: Buffer.from('c-1'),
        responseTopic: 'answers',
        userProperties: { TraceParent: '00-aa-bb-01', twice: ['a', 'b'] },
      },
    });
    await until(() => handled.length === 1);
    expect(handled[0]?.headers).toEqual({
      'content-type': 'application/json',
      'correlation-id': 'c-1',
      'reply-to': 'answers',
      traceparent: '00-aa-bb-01',
      twice: 'a,b',
      'mqtt.topic': 'in/a',
      'mqtt.qos': '1',
      'mqtt.retain': 'false',
    });
    const packets: IPublishPacket[] = [];
    other.on('message', (_topic, _payload, packet) => packets.push(packet));
    await other.subscribeAsync('out/#', { qos: 2, rap: true });
    await connector.publish({
      address: 'elsewhere',
      payload: 'x',
      qos: 1,
      headers: {
        'mqtt.topic': 'out/a',
        'content-type': 'text/plain',
        'correlation-id': 'c-2',
        'reply-to': 'answers',
        traceparent: '00-cc-dd-01',
        'mqtt.retain': 'true',
        'mqtt.qos': '2',
        'mqtt.message-expiry-interval': '60',
      },
    });
    await until(() => packets.length === 1);
    expect(packets[0]).toMatchObject({ topic: 'out/a', qos: 2, retain: true });
    expect(packets[0]?.properties).toMatchObject({
      contentType: 'text/plain',
      responseTopic: 'answers',
      messageExpiryInterval: 60,
      userProperties: { 'correlation-id': 'c-2', traceparent: '00-cc-dd-01' },
    });
    expect(packets[0]?.properties?.correlationData?.toString()).toBe('c-2');
  });

  it('refuses what is too large for the broker, instead of being closed for it again and again', async () => {
    await startBroker({ configuration: ['max_packet_size 10000'] });
    const connector = await open();
    await until(isOpen);
    const message = (length: number) => ({ address: 'out', payload: 'x'.repeat(length), qos: 1 as const, headers: {} });
    await expect(connector.publish(message(20_000))).rejects.toHaveProperty('code', 'gemel:message.refused');
    await expect(connector.publish(message(5_000))).resolves.toEqual({ status: 200 });
  });

  it('sends no more than the broker wants to have unconfirmed', async () => {
    await startBroker({ configuration: ['max_inflight_messages 2'] });
    const connector = await open();
    await until(isOpen);
    const message = { address: 'out', payload: 'x', qos: 2 as const, headers: {} };
    await expect(Promise.all(Array.from({ length: 100 }, () => connector.publish(message)))).resolves.toHaveLength(100);
    expect(statuses.filter(({ state }) => state === 'open')).toHaveLength(1);
  });
});

function makeCertificate(folder: string): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    ...files,
  ]);
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
}
