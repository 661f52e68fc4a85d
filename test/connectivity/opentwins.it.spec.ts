import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@gemel/model/json';
import { requiredVariable } from '@gemel/testkit/network';
import kafkajs from 'kafkajs';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import rhea from 'rhea';
import { eventually } from '@gemel/testkit/waiting';
import { makeTopics } from '../support/kafka-topics.js';
import { createBucket } from '../support/influx.js';
import { Operated } from '../support/operated.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';
import { startTelegraf } from '../support/telegraf.js';

/** Topics of this test alone: several share the broker. */
const mark = `o${randomUUID().slice(0, 8)}`;
const mqttUrl = new URL(requiredVariable('MQTT_URL'));
const artemis = new URL(requiredVariable('ARTEMIS_URL'));
const brokers = requiredVariable('KAFKA_BROKERS');

/** Temperature and humidity of a sensor, which the last part of its topic names. */
const SENSOR =
  "function mapToDittoProtocolMsg(headers, textPayload, bytePayload, contentType) { const reading = JSON.parse(textPayload); const parts = headers['mqtt.topic'].split('/'); const now = () => ({ time: Date.now() }); const features = { temperature: { properties: Object.assign({ value: reading['temp'] }, now()) }, humidity: { properties: Object.assign({ value: reading['hum'] }, now()) } }; return Ditto.buildDittoProtocolMsg( 'raspberry', parts[parts.length-1], 'things', 'twin', 'commands', 'modify', '/features', headers, features ); }";

/** What OpenTwins makes when it is installed; nothing but the places is of this test. */
const connections = {
  source: {
    name: 'mosquitto-source-connection',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    failoverEnabled: true,
    uri: `tcp://${mqttUrl.host}`,
    sources: [{ addresses: [`${mark}/telemetry/#`], consumerCount: 1, qos: 0, authorizationContext: ['nginx:ditto'] }],
    targets: [],
  },
  target: {
    name: 'mosquitto-target-connection',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    failoverEnabled: true,
    uri: `tcp://${mqttUrl.host}`,
    sources: [],
    targets: [
      {
        address: `${mark}/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:namespace }}/{{ thing:name }}`,
        qos: 1,
        topics: [
          '_/_/things/twin/events?extraFields=thingId,attributes/_parents,features/idSimulationRun/properties/value',
          '_/_/things/live/messages',
          '_/_/things/live/commands',
        ],
        authorizationContext: ['nginx:ditto'],
      },
    ],
  },
  honoAmqp: {
    name: `hono-amqp-10-${mark}`,
    connectionType: 'amqp-10',
    connectionStatus: 'open',
    uri: `amqp://${artemis.username}:${artemis.password}@${artemis.host}`,
    failoverEnabled: true,
    sources: [
      {
        addresses: [`telemetry/${mark}`, `event/${mark}`],
        authorizationContext: [`pre-authenticated:hono-connection-${mark}`],
        headerMapping: { 'hono-device-id': '{{ header:device_id }}', 'content-type': '{{ header:content-type }}' },
      },
    ],
  },
  honoKafka: {
    name: `hono-kafka-${mark}-source-connection`,
    connectionType: 'kafka',
    connectionStatus: 'open',
    failoverEnabled: true,
    uri: `tcp://${brokers.split(',')[0] ?? ''}`,
    specificConfig: {
      saslMechanism: 'plain',
      bootstrapServers: brokers,
      groupId: `${mark}_{{ connection:id }}`,
    },
    sources: [
      {
        addresses: [`hono.telemetry.${mark}`],
        consumerCount: 1,
        qos: 0,
        authorizationContext: [`pre-authenticated:hono-connection-${mark}`],
        enforcement: { input: '{{ header:device_id }}', filters: ['{{ entity:id }}'] },
        headerMapping: { 'hono-device-id': '{{ header:device_id }}', 'content-type': '{{ header:content-type }}' },
      },
    ],
  },
  raspberry: {
    name: 'example-raspberry-source-connection',
    connectionType: 'mqtt-5',
    connectionStatus: 'open',
    failoverEnabled: true,
    uri: `tcp://${mqttUrl.host}`,
    sources: [
      {
        addresses: [`${mark}/example/DHT22_1`, `${mark}/example/DHT22_2`],
        consumerCount: 1,
        qos: 0,
        authorizationContext: ['pre-authenticated:insecure-external'],
        payloadMapping: ['javascript'],
        headerMapping: {
          topic: '{{ header:mqtt.topic }}',
          'the-qos': '{{ header:mqtt.qos }}',
          'content-type': 'application/json',
        },
      },
    ],
    targets: [],
    mappingDefinitions: { javascript: { mappingEngine: 'JavaScript', options: { incomingScript: SENSOR } } },
  },
} satisfies Readonly<Record<string, JsonObject>>;

const all = { grant: ['READ', 'WRITE'], revoke: [] };
const policy = {
  entries: {
    owner: {
      subjects: { 'nginx:ditto': { type: 'user' } },
      resources: { 'thing:/': all, 'policy:/': all, 'message:/': all },
    },
    devices: {
      subjects: {
        'pre-authenticated:insecure-external': { type: 'device' },
        [`pre-authenticated:hono-connection-${mark}`]: { type: 'hono' },
      },
      resources: { 'thing:/features': { grant: ['WRITE'], revoke: [] } },
    },
  },
};

let solo: Solo;
let gemel: Operated;
let device: MqttClient;
const received: { topic: string; json: Readonly<Record<string, unknown>> }[] = [];

beforeAll(async () => {
  solo = await startSharedSolo();
  gemel = new Operated({ urls: () => [solo.http], log: solo.log });
  device = await mqtt.connectAsync(mqttUrl.href, { protocolVersion: 5 });
  device.on('message', (topic, payload) => {
    received.push({ topic, json: JSON.parse(payload.toString()) as Readonly<Record<string, unknown>> });
  });
  await device.subscribeAsync(`${mark}/twin/#`, { qos: 1 });
  await gemel.call('PUT', '/api/2/policies/default:basic_policy', policy);
  for (const thing of ['example:mycar', 'example:mycar:wheel_1', 'raspberry:DHT22_1', 'raspberry:DHT22_2']) {
    const body = { policyId: 'default:basic_policy', attributes: { _parents: 'example:parent' }, features: {} };
    expect((await gemel.call('PUT', `/api/2/things/${thing}`, body)).status).toBe(201);
  }
});

afterAll(async () => {
  await device.endAsync(true);
  expect(await solo.stop()).toBe(0);
});

async function open(...names: readonly (keyof typeof connections)[]): Promise<void> {
  for (const name of names) {
    const id = await gemel.create(connections[name]);
    await gemel.statusIs(id, 'open');
  }
}

async function expectProperty(thing: string, path: string, value: unknown): Promise<void> {
  await eventually(
    async () => (await gemel.call('GET', `/api/2/things/${thing}/features/${path}`)).body,
    (found) => found === value,
  );
}

const merge = (name: string, value: JsonObject) =>
  JSON.stringify({
    topic: `example/${name}/things/twin/commands/merge`,
    headers: { 'content-type': 'application/merge-patch+json' },
    path: '/features',
    value,
  });

describe('the connections of OpenTwins', () => {
  it('bring telemetry to twins, and a Telegraf brings their events to InfluxDB', async () => {
    await open('source', 'target');
    const bucket = await createBucket();
    const telegraf = await startTelegraf({
      mqttUrl: mqttUrl.href,
      topic: `${mark}/twin/events/#`,
      bucket: bucket.name,
    });
    const gps = { gps: { properties: { latitude: 36.71, longitude: -4.47 } } };
    await device.publishAsync(`${mark}/telemetry/example/mycar`, merge('mycar', gps));
    const wheel = { velocity: { properties: { value: 44.07, time: 1715943644787 } } };
    await device.publishAsync(`${mark}/telemetry/example/mycar:wheel_1`, merge('mycar:wheel_1', wheel));
    await expectProperty('example:mycar:wheel_1', 'velocity/properties/value', 44.07);
    const event = await eventually(
      () => Promise.resolve(received.find(({ topic }) => topic === `${mark}/twin/events/example/mycar:wheel_1`)),
      (found) => found !== undefined,
    );
    expect(event?.json).toMatchObject({
      path: '/features',
      value: wheel,
      extra: { thingId: 'example:mycar:wheel_1', attributes: { _parents: 'example:parent' } },
    });
    const query = (condition: string) =>
      bucket.query(
        `import "strings"
        from(bucket: "${bucket.name}") |> range(start: -1h) |> filter(fn: (r) => r["_measurement"] == "mqtt_consumer")
        |> filter(fn: (r) => ${condition}) |> keep(columns: ["_time", "_value", "_field", "thingId", "parent"]) |> last()`,
      );
    const found = await eventually(
      () => query('r["thingId"] == "example:mycar" and r["_field"] == "value_gps_properties_latitude"'),
      ({ length }) => length > 0,
      30_000,
    );
    expect(found).toMatchObject([{ _value: '36.71', parent: 'example:parent' }]);
    const wheels = await query(
      'strings.hasPrefix(v: r["thingId"], prefix: "example:mycar:wheel_") and r["_field"] == "value_velocity_properties_value"',
    );
    expect(wheels).toMatchObject([{ _value: '44.07', thingId: 'example:mycar:wheel_1' }]);
    await telegraf.stop();
    await bucket.remove();
  });

  it('bring readings of sensors by a script, on the authority of the connection', async () => {
    await open('raspberry');
    await device.publishAsync(`${mark}/example/DHT22_1`, '{"temp":21.5,"hum":40}');
    await device.publishAsync(`${mark}/example/DHT22_2`, '{"temp":22.5,"hum":41}');
    await expectProperty('raspberry:DHT22_1', 'temperature/properties/value', 21.5);
    await expectProperty('raspberry:DHT22_2', 'humidity/properties/value', 41);
  });

  it('bring what Hono hands over by AMQP 1.0, telemetry and events', async () => {
    await open('honoAmqp');
    const hono = rhea.create_container().connect({
      host: artemis.hostname,
      port: Number(artemis.port),
      username: artemis.username,
      password: artemis.password,
      reconnect: false,
    });
    const value = (speed: number) => ({ speed: { properties: { value: speed } } });
    for (const [index, kind] of ['telemetry', 'event'].entries()) {
      const sender = hono.open_sender({ target: { address: `${kind}/${mark}`, capabilities: ['queue'] } });
      await new Promise((resolve) => sender.once('sendable', resolve));
      const body: unknown = rhea.message.data_section(Buffer.from(merge('mycar', value(index))));
      sender.send({
        body,
        durable: true,
        content_type: 'application/vnd.eclipse.ditto+json',
        application_properties: { device_id: 'example:mycar' },
      });
      await expectProperty('example:mycar', 'speed/properties/value', index);
    }
    const closed = new Promise((resolve) => hono.once('connection_close', resolve));
    hono.close();
    await closed;
  });

  it('bring what Hono hands over by Kafka, of each device what is about its own twin', async () => {
    const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    const topic = `hono.telemetry.${mark}`;
    await admin.connect();
    await makeTopics(admin, { topic, numPartitions: 1 });
    await open('honoKafka');
    await producer.connect();
    const send = (deviceId: string, n: number) =>
      producer.send({
        topic,
        messages: [
          {
            key: deviceId,
            value: merge('mycar', { kafka: { properties: { n } } }),
            headers: { device_id: deviceId, 'content-type': 'application/vnd.eclipse.ditto+json' },
          },
        ],
      });
    await send('example:other', 1);
    await send('example:mycar', 2);
    await expectProperty('example:mycar', 'kafka/properties/n', 2);
    await producer.disconnect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });
});
