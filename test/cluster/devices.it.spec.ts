import { randomUUID } from 'node:crypto';
import mqtt from 'mqtt';
import type { IClientPublishOptions, IPublishPacket, MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const operator = { authorization: `Basic ${btoa('devops:foobar')}` };

/** Topics of this test alone. */
const mark = randomUUID().slice(0, 8);
const target = `events-${mark}/test/lamp`;

interface Live {
  readonly connectionId: string;
  readonly liveStatus: string;
}

let cluster: StartedCluster;
let client: MqttClient;
const received: IPublishPacket[] = [];

async function statusesAt(index: number): Promise<readonly Live[]> {
  const { body } = await call(cluster.at('ingest', index), 'GET', '/devops/connections', undefined, operator);
  return body as readonly Live[];
}

async function holders(): Promise<readonly number[]> {
  const all = await Promise.all([statusesAt(0), statusesAt(1)]);
  return [0, 1].filter((index) => all[index]?.some(({ liveStatus }) => liveStatus === 'open'));
}

function telemetry(on: boolean): string {
  const topic = 'test/lamp/things/twin/commands/merge';
  return JSON.stringify({ topic, path: '/features/light/properties', value: { on } });
}

async function publish(on: boolean, properties: NonNullable<IClientPublishOptions['properties']> = {}): Promise<void> {
  await client.publishAsync(`${cluster.names.telemetry}/lamp`, telemetry(on), { qos: 1, properties });
}

beforeAll(async () => {
  cluster = await startCluster({
    replicas: 2,
    apps: ['things', 'ingest'],
    environment: { GEMEL_MQTT_TARGET: `events-${mark}/{{ thing:namespace }}/{{ thing:name }}` },
  });
  client = await mqtt.connectAsync(process.env['MQTT_URL'] ?? '', { protocolVersion: 5 });
  client.on('message', (_topic, _payload, packet) => received.push(packet));
  await client.subscribeAsync(target, { qos: 1 });
  await call(cluster.at('things', 0), 'PUT', '/api/2/things/test:lamp', {
    features: { light: { properties: { on: false } } },
  });
  await eventually(holders, ({ length }) => length === 1, 30_000);
});

afterAll(async () => {
  await client.endAsync();
  await cluster.remove();
});

describe('devices of a cluster', () => {
  it('write twins that every replica reads, and the history has it', async () => {
    await publish(true);
    const light = () => call(cluster.at('things', 1), 'GET', '/api/2/things/test:lamp/features/light/properties/on');
    await eventually(light, ({ body }) => body === true);
    const history = () =>
      call(cluster.at('things', 0), 'GET', '/api/2/things/test:lamp/features/light/timeseries/on?from=-1h');
    const found = await eventually(history, ({ body }) => JSON.stringify(body).includes('true'), 30_000);
    expect(found.status).toBe(200);
  });

  it('keep their trace from the message to what is published about it', async () => {
    await publish(false, { userProperties: { traceparent: PARENT, 'correlation-id': `c-${mark}` } });
    // The event of the message before may still be on its way.
    const event = await eventually(
      () => Promise.resolve(received.find(({ payload }) => payload.toString().includes(`c-${mark}`))),
      (found) => found !== undefined,
      30_000,
    );
    expect(event?.properties?.userProperties).toMatchObject({
      'correlation-id': `c-${mark}`,
      traceparent: expect.stringMatching(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`)) as string,
    });
    expect(JSON.parse(event?.payload.toString() ?? '')).toMatchObject({
      headers: { traceparent: expect.stringContaining(TRACE) as string },
    });
  });

  it('are counted by the replica that holds the connection', async () => {
    const [index = 0] = await holders();
    const { body } = await call(cluster.at('ingest', index), 'GET', '/metrics');
    expect(body).toMatch(/^gemel_connection_up\{connection="default-mqtt"\} 1$/m);
    expect(body).toMatch(/^gemel_connection_messages_total\{connection="default-mqtt",kind="consumed"\} [2-9]$/m);
    expect(body).toMatch(/^gemel_ingest_messages\{kind="applied"\} [2-9]$/m);
    expect(body).toMatch(/^gemel_reader_lag_events\{reader="[^"]+"\} \d+$/m);
    expect(body).toMatch(/^gemel_commits_total [1-9]/m);
  });

  it('go on with another replica when the one that held their connection is dead', async () => {
    const [index = 0] = await holders();
    const other = 1 - index;
    await cluster.kill('ingest', index);
    const began = performance.now();
    await eventually(
      () => statusesAt(other),
      (statuses) => statuses.some(({ liveStatus }) => liveStatus === 'open'),
      20_000,
    );
    expect(performance.now() - began).toBeLessThan(10_000);
    await publish(true);
    await eventually(
      () => call(cluster.at('things', 0), 'GET', '/api/2/things/test:lamp/features/light/properties/on'),
      ({ body }) => body === true,
    );
    await cluster.restart('ingest', index);
  });
});
