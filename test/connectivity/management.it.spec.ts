import { openMosquitto } from '@gemel/testkit/network';
import type { Mosquitto } from '@gemel/testkit/network';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import type { Answer } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const PATH = '/api/2/connections';
const KEY = Buffer.alloc(32, 7).toString('base64');

let broker: Mosquitto;
let device: MqttClient;

beforeAll(async () => {
  broker = await openMosquitto();
  device = await mqtt.connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`, {
    protocolVersion: 5,
    reconnectPeriod: 100,
  });
});

afterAll(async () => {
  await device.endAsync(true);
  await broker.close();
});

const connection = (change: object = {}) => ({
  name: 'cars',
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: `tcp://device:hunter2@127.0.0.1:${String(broker.port)}`,
  sources: [{ addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
  targets: [
    {
      address: 'events/{{ thing:name }}',
      topics: ['_/_/things/twin/events'],
      qos: 1,
      authorizationContext: ['nginx:ditto'],
    },
  ],
  ...change,
});

const manage = (solo: Pick<Solo, 'http'>, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(solo, method, `${PATH}${path}`, body, operator);

/** As the Grafana app sends it. */
async function command(solo: Solo, id: string, name: string): Promise<number> {
  const headers = { ...operator, 'content-type': 'text/plain' };
  return (await call(solo, 'POST', `${PATH}/${id}/command`, `connectivity.commands:${name}`, headers)).status;
}

async function created(solo: Solo, change: object = {}): Promise<string> {
  const { status, body } = await manage(solo, 'POST', '', connection(change));
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

const isOpen = (solo: Solo, id: string): Promise<Answer> =>
  eventually(
    () => manage(solo, 'GET', `/${id}/status`),
    ({ body }) => (body as { liveStatus: string }).liveStatus === 'open' && !JSON.stringify(body).includes('"unknown"'),
  );

const report = (n: number): Promise<unknown> =>
  device.publishAsync(
    'telemetry/car',
    JSON.stringify({ topic: 'demo/car/things/twin/commands/modify', path: '/attributes/n', value: n }),
    { qos: 1 },
  );

const value = (solo: Solo): Promise<Answer> => call(solo, 'GET', '/api/2/things/demo:car/attributes/n');

describe('the management of connections', () => {
  it('opens, watches, edits, closes and deletes a connection as the Grafana app does', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/things/demo:car', { attributes: { n: 0 } });
      const id = await created(solo);
      await isOpen(solo, id);
      const events: string[] = [];
      device.on('message', (topic, payload) => events.push(`${topic} ${payload.toString()}`));
      await device.subscribeAsync('events/#', { qos: 1 });
      await report(1);
      await eventually(
        () => value(solo),
        ({ body }) => body === 1,
      );
      await eventually(
        () => Promise.resolve(events),
        (all) => all.some((event) => event.startsWith('events/car') && event.includes('"value":1')),
      );

      const { body: metrics } = await manage(solo, 'GET', `/${id}/metrics`);
      expect(metrics).toMatchObject({
        containsFailures: false,
        sourceMetrics: { addressMetrics: { 'telemetry/#': { consumed: { success: { PT1M: 1 } } } } },
        targetMetrics: { addressMetrics: { 'events/{{ thing:name }}': { published: { success: { PT1M: 1 } } } } },
      });
      expect(await command(solo, id, 'enableConnectionLogs')).toBe(200);
      await report(2);
      await eventually(
        () => manage(solo, 'GET', `/${id}/logs`),
        ({ body }) => JSON.stringify(body).includes('"type":"consumed"'),
      );

      const { body: shown } = await manage(solo, 'GET', `/${id}`);
      expect(JSON.stringify(shown)).not.toContain('hunter2');
      expect((await manage(solo, 'PUT', `/${id}`, { ...(shown as object), name: 'edited' })).status).toBe(204);
      await isOpen(solo, id);
      await report(3);
      await eventually(
        () => value(solo),
        ({ body }) => body === 3,
      );

      expect(await command(solo, id, 'closeConnection')).toBe(200);
      expect((await manage(solo, 'GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'closed' });
      // What is sent meanwhile waits at the broker: the session stays.
      await report(4);
      expect(await command(solo, id, 'openConnection')).toBe(200);
      await eventually(
        () => value(solo),
        ({ body }) => body === 4,
      );
      expect((await manage(solo, 'DELETE', `/${id}`)).status).toBe(204);
      expect((await manage(solo, 'GET', `/${id}`)).status).toBe(404);
      expect(await solo.stop()).toBe(0);
    });
  });

  it('loses nothing while the broker restarts, and tells how it goes', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/things/demo:car', { attributes: { n: 0 } });
      const id = await created(solo, { specificConfig: { clientId: 'restarted' } });
      await isOpen(solo, id);
      await broker.stop();
      await eventually(
        () => manage(solo, 'GET', `/${id}/status`),
        ({ body }) => (body as { liveStatus: string }).liveStatus === 'failed',
      );
      const { body } = await manage(solo, 'GET', `/${id}/status`);
      expect(body).toMatchObject({ connectionStatus: 'open', recoveryStatus: 'ongoing' });
      // Its target waits meanwhile.
      await call(solo, 'PUT', '/api/2/things/demo:car/attributes/n', 10);
      await broker.start();
      const events: string[] = [];
      device.on('message', (topic, payload) => events.push(`${topic} ${payload.toString()}`));
      await device.subscribeAsync('events/#', { qos: 1 });
      await isOpen(solo, id);
      await eventually(
        () => Promise.resolve(events),
        (all) => all.some((event) => event.includes('"value":10')),
        20_000,
      );
      await report(11);
      await eventually(
        () => value(solo),
        ({ body: n }) => n === 11,
      );
      const logs = JSON.stringify((await manage(solo, 'GET', `/${id}/logs`)).body);
      expect(logs).toMatch(/"category":"connection","type":"other","level":"failure"/);
      expect(await solo.stop()).toBe(0);
    });
  });

  it('keeps connections over kill -9, their secrets encrypted, and what was not published', async () => {
    await withFolder(async (folder) => {
      const environment = { GEMEL_CONNECTIONS_ENCRYPTION_KEY: KEY };
      const first = await startSolo(folder, environment);
      await call(first, 'PUT', '/api/2/things/demo:car', { attributes: { n: 0 } });
      const id = await created(first, { specificConfig: { clientId: 'killed' } });
      await isOpen(first, id);
      await first.kill();
      const { readFile } = await import('node:fs/promises');
      for (const name of ['connections.db', 'connections.db-wal']) {
        const content = await readFile(`${folder}/${name}`, 'latin1').catch(() => '');
        expect(content).not.toContain('hunter2');
      }
      await report(20);
      const second = await startSolo(folder, environment);
      await isOpen(second, id);
      await eventually(
        () => value(second),
        ({ body }) => body === 20,
      );
      expect(second.log()).not.toContain('hunter2');
      await second.stop();
      const without = await startSolo(folder);
      expect((await manage(without, 'GET', `/${id}/status`)).body).toMatchObject({ connectionStatus: 'open' });
      expect(without.log()).toContain('key that is not known');
      await without.stop();
    });
  });

  it('shows the embedded broker, which the settings rule', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/things/demo:car', { attributes: { n: 0 } });
      const lamp = await mqtt.connectAsync(solo.mqtt, { username: 'ditto', password: 'ditto' });
      const payload = { topic: 'demo/car/things/twin/commands/modify', path: '/attributes/n', value: 5 };
      await lamp.publishAsync('telemetry/car', JSON.stringify(payload), { qos: 1 });
      await lamp.endAsync();
      expect((await manage(solo, 'GET', '/embedded-broker/status')).body).toMatchObject({
        connectionStatus: 'open',
        liveStatus: 'open',
        clientStatus: [{ type: 'client', status: 'open' }],
      });
      expect((await manage(solo, 'GET', '/embedded-broker/metrics')).body).toMatchObject({
        sourceMetrics: { addressMetrics: { 'telemetry/#': { consumed: { success: { PT1M: 1 } } } } },
      });
      const { body } = await manage(solo, 'GET', '/embedded-broker');
      expect(body).toMatchObject({ id: 'embedded-broker', connectionType: 'mqtt-5' });
      const refused = { status: 409, body: { error: 'connectivity:signal.illegal' } };
      expect(await manage(solo, 'PUT', '/embedded-broker', body)).toMatchObject(refused);
      expect(await manage(solo, 'DELETE', '/embedded-broker')).toMatchObject(refused);
      await solo.stop();
    });
  });

  it('tests a connection, and refuses hosts that are blocked', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder, { GEMEL_CONNECTIONS_BLOCKED_HOSTS: '10.0.0.0/8,:1' });
      const test = (uri: string): Promise<Answer> => manage(solo, 'POST', '?dry-run=true', connection({ uri }));
      expect(await test(`tcp://127.0.0.1:${String(broker.port)}`)).toMatchObject({ status: 200 });
      expect(await test('tcp://10.1.1.1:1883')).toMatchObject({
        status: 400,
        body: { error: 'connectivity:connection.configuration.invalid' },
      });
      expect(await test('tcp://127.0.0.1:2')).toMatchObject({
        status: 504,
        body: { error: 'connectivity:connection.failed' },
      });
      expect((await manage(solo, 'GET', '?ids-only=true')).body).toEqual(['embedded-broker']);
      await solo.stop();
    });
  });
});
