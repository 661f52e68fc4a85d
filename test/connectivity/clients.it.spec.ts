import { openMosquitto } from '@gemel/testkit/network';
import type { Mosquitto } from '@gemel/testkit/network';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const subjects = ['nginx:ditto'];
const THINGS = 8;
const CHANGES = 50;

let broker: Mosquitto;
let device: MqttClient;
const heard = new Map<string, number[]>();

beforeAll(async () => {
  broker = await openMosquitto();
  device = await mqtt.connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`, { protocolVersion: 5 });
  device.on('message', (topic, payload) => {
    const { value } = JSON.parse(payload.toString()) as { value: number };
    heard.set(topic, [...(heard.get(topic) ?? []), value]);
  });
  await device.subscribeAsync('out/#', { qos: 1 });
});

afterAll(async () => {
  await device.endAsync(true);
  await broker.close();
});

interface Metrics {
  readonly connectionMetrics: {
    readonly inbound: { readonly acknowledged: { readonly success: { readonly PT1H: number } } };
  };
}

function acknowledgedIn(metrics: unknown): number {
  return (metrics as Metrics).connectionMetrics.inbound.acknowledged.success.PT1H;
}

describe('several clients of a connection', () => {
  it('take each shared message once, and publish the events of each thing once and in order', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      const names = Array.from({ length: THINGS }, (_, n) => `car-${String(n)}`);
      for (const name of names) await call(solo, 'PUT', `/api/2/things/example:${name}`, {});
      const connection = {
        connectionType: 'mqtt-5',
        connectionStatus: 'closed',
        uri: `tcp://127.0.0.1:${String(broker.port)}`,
        clientCount: 3,
        sources: [{ addresses: ['$share/cars/in/#'], qos: 1, authorizationContext: subjects }],
        targets: [
          {
            address: 'out/{{ thing:name }}',
            topics: ['_/_/things/twin/events?filter=exists(attributes/n)'],
            qos: 1,
            authorizationContext: subjects,
          },
        ],
      };
      const { body } = await call(solo, 'POST', '/api/2/connections', connection, operator);
      const { id } = body as { id: string };
      const path = `${solo.http}/api/2/connections/${id}`;
      const opened = await fetch(`${path}/command`, {
        method: 'POST',
        headers: { ...operator, 'content-type': 'text/plain' },
        body: 'connectivity.commands:openConnection',
      });
      expect(opened.status).toBe(200);
      const { body: status } = await call(solo, 'GET', `/api/2/connections/${id}/status`, undefined, operator);
      expect(status).toMatchObject({ liveStatus: 'open', clientStatus: [{}, {}, {}] });

      for (let n = 1; n <= CHANGES; n++) {
        for (const name of names) await call(solo, 'PUT', `/api/2/things/example:${name}/attributes/n`, n);
      }
      const all = Array.from({ length: CHANGES }, (_, n) => n + 1);
      const expected = JSON.stringify(names.map(() => all));
      const published = () => Promise.resolve(JSON.stringify(names.map((name) => heard.get(`out/${name}`))));
      expect(await eventually(published, (text) => text.length >= expected.length)).toBe(expected);

      const total = THINGS * CHANGES;
      for (let n = 0; n < total; n++) {
        const topic = `example/car-${String(n % THINGS)}/things/twin/commands/modify`;
        await device.publishAsync('in/x', JSON.stringify({ topic, path: `/attributes/m${String(n)}`, value: n }), {
          qos: 1,
        });
      }
      await eventually(
        async () => (await call(solo, 'GET', `/api/2/connections/${id}/metrics`, undefined, operator)).body,
        (metrics) => acknowledgedIn(metrics) >= total,
      );
      const ids = names.map((name) => `example:${name}`).join(',');
      const { body: things } = await call(solo, 'GET', `/api/2/things?ids=${ids}`);
      const counts = (things as { attributes: Record<string, number> }[]).map(
        ({ attributes }) => Object.keys(attributes).filter((name) => name.startsWith('m')).length,
      );
      expect(counts).toEqual(names.map(() => CHANGES));
      await solo.stop();
    });
  });
});
