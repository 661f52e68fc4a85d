import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

/** Holds a port while `use` runs. */
async function withTakenPort<T>(use: (port: string) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(String((server.address() as AddressInfo).port));
  } finally {
    server.close();
  }
}

describe('starting', () => {
  it(
    'refuses a data folder that another process has, and says so',
    () =>
      withFolder(async (folder) => {
        const first = await startSolo(folder);
        await expect(startSolo(folder)).rejects.toThrow(/exit 1: .*data folder .* in use by another process/s);
        expect(await first.stop()).toBe(0);
        const second = await startSolo(folder);
        expect(await second.stop()).toBe(0);
      }),
    30_000,
  );

  it.each(['GEMEL_HTTP_PORT', 'GEMEL_MQTT_PORT'])(
    'names the port that is taken, and %s to change it',
    (name) =>
      withFolder((folder) =>
        withTakenPort(async (port) => {
          await expect(startSolo(folder, { [name]: port })).rejects.toThrow(
            new RegExp(`exit 1: .*${port}.*${name}`, 's'),
          );
        }),
      ),
    30_000,
  );

  it('lists every fault of the configuration', () =>
    withFolder(async (folder) => {
      const metrics = { lamps: { filter: 'eq(attributes/on,)' } };
      const faults = startSolo(folder, {
        ...{ GEMEL_HTTP_PORT: 'eighty', GEMEL_HTTP_HOST: '', GEMEL_TYPO: '1' },
        GEMEL_OPERATOR_METRICS: JSON.stringify(metrics),
      });
      await expect(faults).rejects.toThrow(/exit 2: .*GEMEL_TYPO.*GEMEL_HTTP_HOST.*GEMEL_HTTP_PORT/s);
      await expect(faults).rejects.toThrow(/GEMEL_OPERATOR_METRICS: 'lamps' has a wrong 'filter': .*column 18/);
    }));

  it('refuses the default passwords where others can reach it', () =>
    withFolder(async (folder) => {
      await expect(startSolo(folder, { GEMEL_HTTP_HOST: '0.0.0.0' })).rejects.toThrow(/default password/);
    }));
});

/** Of its young generation, in MiB. */
async function youngSize({ http }: Solo): Promise<number> {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  return Number(/^nodejs_heap_space_size_total_bytes\{space="new"\} (\d+)/m.exec(metrics)?.[1]) / 2 ** 20;
}

describe('its memory for what is short-lived', () => {
  it('is small until there is work', () =>
    withFolder(async (folder) => {
      const solo = await startSolo(folder);
      const small = await youngSize(solo);
      expect(small).toBeLessThanOrEqual(4);
      const work = async () => {
        await Promise.all(Array.from({ length: 200 }, () => call(solo, 'GET', '/api/2/things')));
        return youngSize(solo);
      };
      expect(await eventually(work, (size) => size > 2 * small)).toBeGreaterThan(small);
      expect(await solo.stop()).toBe(0);
    }));
});

describe('the sample', () => {
  it(
    'creates the twins of the tour and feeds them, and operators count them',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder, {}, ['--sample']);
        const wheel = '/api/2/things/example:mycar:wheel_4/features/velocity';
        const reading = await eventually(
          () => call(solo, 'GET', `${wheel}/properties/value`),
          ({ body }) => typeof body === 'number',
        );
        expect(reading.status).toBe(200);
        const history = await eventually(
          () => call(solo, 'GET', `${wheel}/timeseries/value?from=-1h`),
          ({ body }) => JSON.stringify(body).includes(`${String(reading.body)}]`),
        );
        expect(history.status).toBe(200);
        expect(await solo.stop()).toBe(0);
        const metrics = {
          things: {},
          sensors: {
            filter: 'exists(features/velocity)',
            groupBy: { namespace: 'namespace', unit: 'attributes/unit' },
            tags: { namespace: '{{ group-by:namespace }}', unit: "{{ group-by:unit | fn:default('none') }}" },
          },
        };
        const again = await startSolo(folder, { GEMEL_OPERATOR_METRICS: JSON.stringify(metrics) }, ['--sample']);
        const page = await eventually(
          () => call(again, 'GET', '/metrics'),
          ({ body }) => String(body).includes('sensors{'),
        );
        expect(page.body).toMatch(/^things [1-9]\d*$/m);
        expect(page.body).toMatch(/^sensors\{namespace="example",unit="none"\} [1-9]\d*$/m);
        expect(await again.stop()).toBe(0);
      }),
    60_000,
  );
});

describe('MQTT', () => {
  it.each(['tcp', 'websocket'])(
    'takes telemetry over %s and sends twin events',
    (transport) =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder);
        await call(solo, 'PUT', '/api/2/things/test:lamp', { features: { light: { properties: { on: false } } } });
        const url = transport === 'tcp' ? solo.mqtt : `${solo.http.replace('http', 'ws')}/mqtt`;
        const client = await mqtt.connectAsync(url, { username: 'ditto', password: 'ditto' });
        await client.subscribeAsync('opentwins/twin/events/test/lamp', { qos: 1 });
        const event = new Promise<unknown>((resolve) => {
          client.once('message', (_topic, payload) => {
            resolve(JSON.parse(payload.toString()));
          });
        });
        const message = {
          topic: 'test/lamp/things/twin/commands/merge',
          path: '/features/light/properties',
          value: { on: true },
        };
        await client.publishAsync('telemetry/test/lamp', JSON.stringify(message), { qos: 1 });
        // Confirmed means stored: no waiting.
        expect((await call(solo, 'GET', '/api/2/things/test:lamp/features/light/properties/on')).body).toBe(true);
        expect(await event).toMatchObject({
          topic: 'test/lamp/things/twin/events/merged',
          path: '/features/light/properties',
          value: { on: true },
          revision: 2,
          extra: { thingId: 'test:lamp' },
        });
        await client.endAsync();
        expect(await solo.stop()).toBe(0);
      }),
    30_000,
  );
});
