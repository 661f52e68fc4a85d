import { randomUUID } from 'node:crypto';
import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import type { Answer } from '../support/api.js';
import type { StartedCluster } from '../support/cluster.js';
import { removeConnectingCluster, startConnectingCluster } from '../support/connecting-cluster.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const PATH = '/api/2/connections';
/** Topics of this test alone. */
const mark = randomUUID().slice(0, 8);

let cluster: StartedCluster;

beforeAll(async () => {
  cluster = await startConnectingCluster();
});

afterAll(() => removeConnectingCluster(cluster), 60_000);

type App = 'things' | 'ingest';
const manage = (app: App, index: number, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(cluster.at(app, index), method, PATH + path, body, operator);

const command = (app: App, index: number, id: string, name: string): Promise<Answer> =>
  call(cluster.at(app, index), 'POST', `${PATH}/${id}/command`, `connectivity.commands:${name}`, {
    ...operator,
    'content-type': 'text/plain',
  });

it('manages a connection through any replica, whichever has it open', async () => {
  const client = await mqtt.connectAsync(process.env['MQTT_URL'] ?? '', { protocolVersion: 5 });
  await call(cluster.at('things', 0), 'PUT', '/api/2/things/test:car', { attributes: { n: 0 } });
  const connection = {
    name: 'cars',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    uri: process.env['MQTT_URL'],
    specificConfig: { clientId: mark },
    sources: [{ addresses: [`telemetry-${mark}/#`], qos: 1, authorizationContext: ['nginx:ditto'] }],
  };
  const created = await manage('things', 0, 'POST', '', connection);
  expect(created.status).toBe(201);
  const { id } = created.body as { id: string };
  const looks: readonly [App, number][] = [
    ['things', 0],
    ['things', 1],
    ['ingest', 0],
    ['ingest', 1],
  ];
  for (const [app, index] of looks) {
    await eventually(
      () => manage(app, index, 'GET', `/${id}/status`),
      ({ body }) => (body as { liveStatus: string }).liveStatus === 'open',
      20_000,
    );
  }
  const payload = { topic: 'test/car/things/twin/commands/modify', path: '/attributes/n', value: 7 };
  await client.publishAsync(`telemetry-${mark}/car`, JSON.stringify(payload), { qos: 1 });
  await eventually(
    () => manage('things', 1, 'GET', `/${id}/metrics`),
    ({ body }) => JSON.stringify(body).includes('"consumed":{"success":{"PT1M":1'),
  );
  await eventually(
    () => manage('ingest', 0, 'GET', `/${id}/logs`),
    ({ body }) => JSON.stringify(body).includes('"type":"consumed","level":"success"'),
  );
  expect((await command('things', 1, id, 'resetConnectionMetrics')).status).toBe(200);
  expect(JSON.stringify((await manage('things', 0, 'GET', `/${id}/metrics`)).body)).toContain(
    '"consumed":{"success":{"PT1M":0',
  );

  expect((await command('things', 1, id, 'closeConnection')).status).toBe(200);
  expect((await manage('ingest', 1, 'GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'closed' });
  expect((await command('ingest', 1, id, 'openConnection')).status).toBe(200);
  expect((await manage('things', 0, 'GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'open' });
  expect((await manage('things', 0, 'DELETE', `/${id}`)).status).toBe(204);
  for (const [app, index] of looks) expect((await manage(app, index, 'GET', `/${id}`)).status).toBe(404);
  await client.endAsync();
});
