import { openMosquitto, requiredVariable } from '@gemel/testkit/network';
import { Kafka, logLevel } from 'kafkajs';
import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { FETCH_MS } from '../support/brokers/index.js';
import { makeTopics } from '../support/kafka-topics.js';
import { pageExample } from '../support/page-examples.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const [KAFKA = ''] = requiredVariable('KAFKA_BROKERS').split(',');
/** Nobody else's. */
const TOPIC = `RealTime_Data-${Date.now()}`;

async function open(solo: Solo, name: string, places: Record<string, string>): Promise<void> {
  const definition = pageExample('pipelines.md', name, places);
  const made = await call(solo, 'POST', '/api/2/connections', definition, operator);
  expect(made.status).toBe(201);
  await eventually(
    () => call(solo, 'GET', `/api/2/connections/${(made.body as { id: string }).id}/status`, undefined, operator),
    ({ body }) => (body as { liveStatus: string }).liveStatus === 'open',
    30_000,
  );
}

describe('docs/pipelines.md', () => {
  it('bridges MQTT to Kafka with the time of the bridge, and tells how long readings were on their way', async () => {
    const broker = await openMosquitto();
    const kafka = new Kafka({ brokers: [KAFKA], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await makeTopics(admin, { topic: TOPIC, numPartitions: 1 });
    const consumer = kafka.consumer({ groupId: `reader-${TOPIC}`, maxWaitTimeInMs: FETCH_MS });
    const records: Record<string, unknown>[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        records.push(JSON.parse(String(message.value)) as Record<string, unknown>);
      },
    });
    try {
      await withFolder(async (folder) => {
        const solo = await startSolo(folder);
        await call(solo, 'PUT', '/api/2/things/lab:station', {});
        await open(solo, 'kafka', { 'kafka-broker:9092': KAFKA, RealTime_Data: TOPIC });
        const device = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
        await open(solo, 'sensor', { 'mqtt-broker:1883': `127.0.0.1:${broker.port}` });
        const reading = { 'Ambient Temperature': 21.5, 'Ambient Humidity': 40, MQTT_Timestamp: Date.now() };
        await device.publishAsync('Sensor/Values', JSON.stringify(reading), { qos: 1 });
        await device.endAsync();
        await eventually(
          () => Promise.resolve(records),
          ({ length }) => length === 1,
          30_000,
        );
        expect(records).toEqual([{ ...reading, Bridge_Timestamp: expect.any(Number) as unknown }]);
        const { body } = await eventually(
          () => call(solo, 'GET', '/api/2/things/lab:station/features'),
          (answer) => JSON.stringify(answer.body).includes('HopLatency'),
          30_000,
        );
        expect(body).toMatchObject({
          Temperature: { properties: { value: 21.5 } },
          Humidity: { properties: { value: 40 } },
          HopLatency: {
            properties: {
              'device-to-bridge': expect.any(Number) as unknown,
              'bridge-to-kafka': expect.any(Number) as unknown,
              total: expect.any(Number) as unknown,
            },
          },
        });
        const metrics = await (await fetch(`${solo.http}/metrics`)).text();
        expect(metrics).toMatch(/^gemel_hop_latency_seconds_count\{.*from="bridge",to="kafka".*\} 1$/m);
        expect(metrics).toMatch(/^gemel_hop_latency_seconds_bucket\{.*le="\+Inf".*\} 1$/m);
        expect(await solo.stop()).toBe(0);
      });
    } finally {
      await consumer.disconnect();
      await admin.disconnect();
      await broker.close();
    }
  });
});
