import { vi } from 'vitest';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { pageExample } from '../support/page-examples.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

/** A process starts in each test, on a machine that may have much else to do. */
const PATIENCE_MS = 30_000;
vi.setConfig({ testTimeout: 3 * PATIENCE_MS });

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };

/** The examples of docs/pipelines.md over the embedded broker, which is as good as another one. */
async function withPipeline(name: string, use: (parts: Pipeline) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const solo = await startSolo(folder);
    const { host } = new URL(solo.mqtt);
    const definition = pageExample('pipelines.md', name, { 'tcp://mqtt-broker:1883': `tcp://ditto:ditto@${host}` });
    const made = await call(solo, 'POST', '/api/2/connections', definition, operator);
    expect(made.status).toBe(201);
    const path = `/api/2/connections/${(made.body as { id: string }).id}`;
    await eventually(
      () => call(solo, 'GET', `${path}/status`, undefined, operator),
      ({ body }) => (body as { liveStatus: string }).liveStatus === 'open',
      PATIENCE_MS,
    );
    const device = await mqtt.connectAsync(solo.mqtt, { username: 'ditto', password: 'ditto' });
    try {
      await use({ solo, device, path });
    } finally {
      await device.endAsync(true);
    }
    expect(await solo.stop()).toBe(0);
  });
}

interface Pipeline {
  readonly solo: Solo;
  readonly device: MqttClient;
  /** Of the connection. */
  readonly path: string;
}

const value = (solo: Solo, thing: string, path: string) =>
  eventually(
    () => call(solo, 'GET', `/api/2/things/${thing}/features/${path}`),
    ({ status }) => status === 200,
    PATIENCE_MS,
  ).then(({ body }) => body);

describe('docs/pipelines.md', () => {
  it('puts payloads aside that break the schema, and those of twins that are not there, with the reason', () =>
    withPipeline('checked', async ({ solo, device }) => {
      const letters: Record<string, unknown>[] = [];
      device.on('message', (_topic, payload) =>
        letters.push(JSON.parse(payload.toString()) as Record<string, unknown>),
      );
      await device.subscribeAsync('dead-letters/#', { qos: 1 });
      await call(solo, 'PUT', '/api/2/things/lab:pc1', {});
      const good = { Device: 'PC', TemperatureCPUPackage: 61.5 };
      const broken = { ...good, TemperatureCPUPackage: 'hot' };
      await device.publishAsync('computers/pc1', JSON.stringify(broken), { qos: 1 });
      await device.publishAsync('computers/pc2', JSON.stringify(good), { qos: 1 });
      await device.publishAsync('computers/pc1', JSON.stringify(good), { qos: 1 });
      expect(await value(solo, 'lab:pc1', 'cpu/properties/temperature')).toBe(61.5);
      await eventually(
        () => Promise.resolve(letters),
        ({ length }) => length === 2,
        PATIENCE_MS,
      );
      expect(letters.map(({ address, code, payload }) => ({ address, code, payload }))).toEqual([
        {
          address: 'computers/pc1',
          code: 'gemel:connectivity.payload.schema.violated',
          payload: JSON.stringify(broken),
        },
        { address: 'computers/pc2', code: 'things:thing.notfound', payload: JSON.stringify(good) },
      ]);
      expect(letters[0]?.['reason']).toContain('/TemperatureCPUPackage');
    }));

  it('turns topics into quantities, and lists the topics that no rule takes', () =>
    withPipeline('rules', async ({ solo, device, path }) => {
      await call(solo, 'PUT', '/api/2/things/lab:sensorpi', {});
      await call(solo, 'PUT', '/api/2/things/lab:prusa3d', {});
      await device.publishAsync('sensorpi/temperature', '21.5', { qos: 1 });
      await device.publishAsync('prusa3d/temperature/bed', '{"actual":60,"target":61}', { qos: 1 });
      for (const topic of ['prusa3d/event/ZChange', 'prusa3d/event/Fan', 'sensorpi/humidity', 'sensorpi/humidity']) {
        await device.publishAsync(topic, '1', { qos: 1 });
      }
      expect(await value(solo, 'lab:sensorpi', 'temperature/properties/value')).toBe(21.5);
      expect(await value(solo, 'lab:prusa3d', 'bed/properties/value')).toBe(60);
      const { body } = await eventually(
        () => call(solo, 'GET', `${path}/unseen-addresses`, undefined, operator),
        ({ body }) => JSON.stringify(body).includes('humidity') && JSON.stringify(body).includes('Fan'),
        PATIENCE_MS,
      );
      const { unseenAddresses } = body as { unseenAddresses: Record<string, unknown>[] };
      expect(unseenAddresses.map(({ address, count }) => ({ address, count }))).toEqual([
        { address: 'sensorpi/humidity', count: 2 },
        { address: 'prusa3d/event/Fan', count: 1 },
      ]);
      const command = 'connectivity.commands:resetConnectionMetrics';
      const asText = { ...operator, 'content-type': 'text/plain' };
      const answer = await call(solo, 'POST', `${path}/command`, command, asText);
      expect(answer.status).toBe(200);
      await eventually(
        () => call(solo, 'GET', `${path}/unseen-addresses`, undefined, operator),
        ({ body }) => JSON.stringify(body).includes('"unseenAddresses":[]'),
        PATIENCE_MS,
      );
    }));
});

describe('docs/broker.md', () => {
  it('gives a device a user and topics of its own, whose session outlives kill -9', () =>
    withFolder(async (folder) => {
      const first = await startSolo(folder);
      const user = { password: 'a-secret', thingId: 'org.lab:sensor-1', publish: ['telemetry/{{ thing:id }}/#'] };
      const path = '/api/2/mqtt/users/sensor-1';
      const withTopics = { ...user, subscribe: ['commands/{{ thing:name }}/+'] };
      expect((await call(first, 'PUT', path, withTopics, operator)).status).toBe(201);
      const sign = { username: 'sensor-1', password: 'a-secret', clientId: 'sensor-1', clean: false };
      const device = await mqtt.connectAsync(first.mqtt, { ...sign, reconnectPeriod: 0 });
      await device.subscribeAsync('commands/sensor-1/+', { qos: 1 });
      await expect(device.subscribeAsync('commands/#', { qos: 1 })).rejects.toThrow();
      await device.endAsync();
      const operatorClient = await mqtt.connectAsync(first.mqtt, { username: 'ditto', password: 'ditto' });
      await operatorClient.publishAsync('commands/sensor-1/open', 'now', { qos: 1 });
      operatorClient.end(true);
      await first.kill();

      const second = await startSolo(folder);
      const back = mqtt.connect(second.mqtt, sign);
      const command = await new Promise<string>((resolve) => {
        back.once('message', (topic, payload) => {
          resolve(`${topic} ${payload.toString()}`);
        });
      });
      expect(command).toBe('commands/sensor-1/open now');
      const gone = new Promise<void>((resolve) => back.once('close', () => resolve()));
      expect((await call(second, 'DELETE', path, undefined, operator)).status).toBe(204);
      await gone;
      back.end(true);
      await expect(mqtt.connectAsync(second.mqtt, { ...sign, reconnectPeriod: 0 }, false)).rejects.toThrow();
      expect(await second.stop()).toBe(0);
    }));
});
