import { randomUUID } from 'node:crypto';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const mark = randomUUID().slice(0, 8);

interface Message {
  readonly topic: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
}

let cluster: StartedCluster;
let device: MqttClient;
const got: Message[] = [];
/** What the device makes of a message. */
let answer: (message: Message) => object = () => ({ status: 200, value: 'yes' });

const ASK = '/api/2/things/test:lamp/inbox/messages/ask';
const ask = (replica: number, query = '') =>
  call(cluster.at('things', replica), 'POST', `${ASK}?timeout=5${query}`, 'on?', { 'content-type': 'text/plain' });

beforeAll(async () => {
  cluster = await startCluster({
    replicas: 2,
    apps: ['things', 'ingest'],
    environment: { GEMEL_MQTT_TARGET: `out-${mark}/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:name }}` },
  });
  device = await mqtt.connectAsync(process.env['MQTT_URL'] ?? '', { protocolVersion: 5 });
  device.on('message', (_topic, payload) => {
    const message = JSON.parse(payload.toString()) as Message;
    got.push(message);
    const { topic, path, headers } = message;
    const reply = {
      topic,
      path,
      headers: { 'correlation-id': headers['correlation-id'], 'content-type': 'text/plain' },
    };
    device.publish(`${cluster.names.telemetry}/lamp`, JSON.stringify({ ...reply, ...answer(message) }), { qos: 1 });
  });
  await device.subscribeAsync(`out-${mark}/live/#`, { qos: 1 });
  await call(cluster.at('things', 0), 'PUT', '/api/2/things/test:lamp', { attributes: { on: false } });
  // Until every replica hears the others and one of them has the connection.
  for (const replica of [0, 1])
    await eventually(
      () => ask(replica),
      ({ status }) => status === 200,
      60_000,
    );
}, 300_000);

afterAll(async () => {
  await device.endAsync();
  await cluster.remove();
});

describe('messages in a cluster', () => {
  it.each([0, 1])(
    'reach the device behind another replica, and its answer the sender at replica %i',
    async (replica) => {
      got.length = 0;
      const { status, body } = await ask(replica);
      expect([status, body]).toEqual([200, 'yes']);
      expect(got).toMatchObject([{ topic: 'test/lamp/things/live/messages/ask', value: 'on?' }]);
    },
  );

  it('show the device as it is, and not as it is stored', async () => {
    answer = ({ topic }) => (topic.endsWith('/retrieve') ? { status: 200, value: true } : { status: 204 });
    const path = '/api/2/things/test:lamp/attributes/on';
    // Nobody keeps what is live: a sender whose command a slow broker has lost asks again.
    const live = await eventually(
      () => call(cluster.at('things', 0), 'GET', `${path}?channel=live`),
      ({ status }) => status !== 408,
      60_000,
    );
    expect([live.status, live.body]).toEqual([200, true]);
    expect((await call(cluster.at('things', 1), 'GET', path)).body).toBe(false);
  });

  it('of a device reach the streams of every replica', async () => {
    const streams = await Promise.all(
      cluster.urls('things').map((url) =>
        fetch(`${url}/api/2/things/test:lamp/outbox/messages`, {
          headers: { authorization: `Basic ${btoa('ditto:ditto')}`, accept: 'text/event-stream' },
        }),
      ),
    );
    const alarm = { topic: 'test/lamp/things/live/messages/alarm', path: '/outbox/messages/alarm', value: 'hot' };
    const headers = { 'content-type': 'text/plain' };
    await device.publishAsync(`${cluster.names.telemetry}/lamp`, JSON.stringify({ ...alarm, headers }), { qos: 1 });
    for (const { body } of streams) {
      const reader = body?.getReader();
      let heard = '';
      while (!heard.includes('event:alarm')) heard += new TextDecoder().decode((await reader?.read())?.value);
      expect(heard).toContain('data:hot\nevent:alarm');
      await reader?.cancel();
    }
  });

  it('with an answer that is none are told to the sender and to the operator of the connection', async () => {
    answer = () => ({ status: 200, path: '/features/f/inbox/messages/ask' });
    const { status, body } = await ask(0, '00ms');
    expect(status).toBe(408);
    expect(JSON.stringify(body)).toContain('featureResponseMessage');
    const failures = await Promise.all(
      [0, 1].map((index) => call(cluster.at('ingest', index), 'GET', '/devops/ingest/failures', undefined, operator)),
    );
    expect(JSON.stringify(failures.map((each) => each.body))).toContain('gemel:answer.unexpected');
  });

  it('are counted', async () => {
    const { body } = await call(cluster.at('things', 0), 'GET', '/metrics');
    expect(body).toMatch(/^gemel_live_signals_total\{kind="answered"\} [1-9]/m);
    expect(body).toMatch(/^gemel_live_bus_frames_total\{kind="sent"\} [1-9]/m);
  });
});
