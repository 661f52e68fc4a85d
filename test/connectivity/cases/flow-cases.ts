import { randomUUID } from 'node:crypto';
import { requiredVariable } from '@gemel/testkit/network';
import { Kafka, logLevel } from 'kafkajs';
import type { Consumer } from 'kafkajs';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { protocolMessages, recordsOf } from '../../support/brokers/index.js';
import type { Received } from '../../support/brokers/index.js';
import type { StartedCluster } from '../../support/cluster.js';
import { startedOf } from '../../support/connecting-cluster.js';
import { makeTopics } from '../../support/kafka-topics.js';
import { Operated } from '../../support/operated.js';
import { pageExample } from '../../support/page-examples.js';

const PATIENCE_MS = 30_000;
/** Topics of this test alone. */
const MARK = randomUUID().slice(0, 8);

/** Settings of the cluster: where Hono's Kafka is. */
export function honoSettings(): Readonly<Record<string, string>> {
  const brokers = requiredVariable('KAFKA_BROKERS');
  // Kafka of the tests asks for no password; it must be written all the same.
  return { GEMEL_HONO_URI: `tcp://${brokers.split(',')[0] ?? ''}`, GEMEL_HONO_BOOTSTRAP_SERVERS: brokers };
}

/** What flows through a cluster over brokers: Hono, and the examples of docs/pipelines.md. */
export function describeFlows(cluster: () => StartedCluster): void {
  describe('flows', () => {
    const kafka = new Kafka({ brokers: requiredVariable('KAFKA_BROKERS').split(','), logLevel: logLevel.NOTHING });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    const consumers: Consumer[] = [];
    const ids: string[] = [];
    let gemel: Operated;
    let device: MqttClient;

    const topics = async (...names: readonly string[]) => {
      await makeTopics(admin, ...names.map((topic) => ({ topic, numPartitions: 1 })));
    };
    const readFrom = async (topic: string): Promise<readonly Received[]> => {
      const { received, consumer } = await recordsOf(kafka, topic);
      consumers.push(consumer);
      return received;
    };
    const create = async (connection: Parameters<Operated['create']>[0]): Promise<string> => {
      const id = await gemel.create(connection);
      ids.push(id);
      await gemel.statusIs(id, 'open');
      return id;
    };
    const example = (name: string, places: Readonly<Record<string, string>>) =>
      create(parseDefinition(pageExample('pipelines.md', name, places)));
    const newThing = async (name: string) => {
      expect((await gemel.call('PUT', `/api/2/things/lab:${name}`, {})).status).toBe(201);
    };
    const property = (name: string, path: string) =>
      eventually(
        () => gemel.call('GET', `/api/2/things/lab:${name}/features/${path}`),
        ({ status }) => status === 200,
        PATIENCE_MS,
      ).then(({ body }) => body);

    beforeAll(async () => {
      gemel = new Operated(startedOf(cluster));
      await Promise.all([admin.connect(), producer.connect()]);
      device = await mqtt.connectAsync(requiredVariable('MQTT_URL'), { protocolVersion: 5 });
    });
    afterEach(async () => {
      for (const id of ids.splice(0)) await gemel.delete(id);
      for (const consumer of consumers.splice(0)) await consumer.disconnect();
    });
    afterAll(async () => {
      await device.endAsync(true);
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    });

    it('come in over the Kafka of Hono, whose devices get their answers and messages', async () => {
      const [telemetry, commands] = [`hono.telemetry.${MARK}`, `hono.command.${MARK}`];
      await topics(telemetry, commands);
      const answers = await readFrom(commands);
      await newThing(`h${MARK}`);
      const common = { qos: 1, authorizationContext: ['nginx:ditto'] };
      const id = await create({
        connectionType: 'hono',
        specificConfig: { honoTenantId: MARK, groupId: `gemel-${MARK}` },
        sources: [
          {
            ...common,
            addresses: ['telemetry'],
            enforcement: { input: '{{ header:device_id }}', filters: ['{{ thing:id }}'] },
            replyTarget: { enabled: true, address: 'command', expectedResponseTypes: ['response', 'error'] },
          },
        ],
        targets: [{ ...common, address: 'command', topics: ['_/_/things/live/messages?namespaces=lab'] }],
      });
      const send = (thing: string, correlationId: string) => {
        const value = JSON.stringify({
          topic: `lab/${thing}/things/twin/commands/modify`,
          path: '/attributes/n',
          value: 1,
          headers: { 'correlation-id': correlationId },
        });
        return producer.send({ topic: telemetry, messages: [{ value, headers: { device_id: `lab:h${MARK}` } }] });
      };
      // A group that has committed nothing begins at what comes from then on.
      await send(`h${MARK}`, 'own');
      await send('other', 'other');
      // Live messages go to whoever listens at the time.
      const told = await eventually(
        async () => {
          await gemel.call('POST', `/api/2/things/lab:h${MARK}/inbox/messages/blink?timeout=0`, { on: 1 });
          return answers;
        },
        (all) =>
          all.some(({ headers }) => headers['subject'] === 'blink') &&
          ['own', 'other'].every((id) => all.some(({ headers }) => headers['correlation-id'] === id)),
        PATIENCE_MS,
      );
      const bySubject = new Map(told.map((each) => [each.headers['correlation-id'], each]));
      expect(protocolMessages(told).map(({ status }) => status)).toEqual(expect.arrayContaining([201, 400]));
      expect(bySubject.get('own')).toMatchObject({
        address: `${commands}/lab:h${MARK}`,
        headers: { device_id: `lab:h${MARK}`, subject: 'modify-response' },
      });
      await eventually(
        () => gemel.count(id, telemetry, 'acknowledged'),
        (count) => count > 0,
        PATIENCE_MS,
      );
    });

    it('are bridged from MQTT to Kafka, and how long they took stands in the twin and in the metrics', async () => {
      const topic = `RealTime_Data-${MARK}`;
      await topics(topic);
      const records = await readFrom(topic);
      const station = `station-${MARK}`;
      await newThing(station);
      const kafkaPlaces = { 'kafka-broker:9092': requiredVariable('KAFKA_BROKERS'), RealTime_Data: topic };
      await example('kafka', { ...kafkaPlaces, 'lab:station': `lab:${station}` });
      const source = `Sensor-${MARK}/Values`;
      await example('sensor', { ...mqttPlace(), 'Sensor/Values': source, "'station'": `'${station}'` });
      const reading = { 'Ambient Temperature': 21.5, 'Ambient Humidity': 40, MQTT_Timestamp: Date.now() };
      await device.publishAsync(source, JSON.stringify(reading), { qos: 1 });
      await property(station, 'HopLatency/properties/bridge-to-kafka');
      expect(await property(station, 'Temperature/properties/value')).toBe(21.5);
      expect(records.map(({ payload }) => JSON.parse(payload.toString()) as unknown)).toContainEqual(
        expect.objectContaining(reading),
      );
      const metrics = await Promise.all(
        cluster()
          .urls('ingest')
          .map(async (http) => (await fetch(`${http}/metrics`)).text()),
      );
      expect(metrics.join('\n')).toMatch(/^gemel_hop_latency_seconds_count\{.*from="bridge",to="kafka".*\} [1-9]/m);
    });

    it('are checked, and what breaks the schema is a dead letter, once however many replicas there are', async () => {
      const letters: string[] = [];
      device.on('message', (_topic, payload) => letters.push(payload.toString()));
      await device.subscribeAsync(`dead-letters-${MARK}/#`, { qos: 1 });
      await newThing(`pc-${MARK}`);
      const places = { ...mqttPlace(), 'computers/': `computers-${MARK}/`, 'dead-letters/': `dead-letters-${MARK}/` };
      const id = await example('checked', places);
      const good = { Device: 'PC', TemperatureCPUPackage: 61.5 };
      const address = `computers-${MARK}/pc-${MARK}`;
      await device.publishAsync(address, JSON.stringify({ ...good, TemperatureCPUPackage: 'hot' }), { qos: 1 });
      await device.publishAsync(address, JSON.stringify(good), { qos: 1 });
      expect(await property(`pc-${MARK}`, 'cpu/properties/temperature')).toBe(61.5);
      await eventually(
        () => Promise.resolve(letters),
        ({ length }) => length >= 1,
        PATIENCE_MS,
      );
      expect(letters.map((letter) => JSON.parse(letter) as unknown)).toContainEqual(
        expect.objectContaining({ address, code: 'gemel:connectivity.payload.schema.violated' }),
      );
      const refused = await eventually(
        () => gemel.count(id, `computers-${MARK}/#`, 'mapped', 'failure'),
        (count) => count >= 1,
        PATIENCE_MS,
      );
      expect(refused).toBeGreaterThanOrEqual(1);
    });

    it('become quantities by their topics, and any replica lists the topics that no rule takes', async () => {
      const [sensor, printer] = [`sensorpi-${MARK}`, `prusa3d-${MARK}`];
      await newThing(sensor);
      const id = await example('rules', { ...mqttPlace(), sensorpi: sensor, prusa3d: printer });
      await device.publishAsync(`${sensor}/temperature`, '21.5', { qos: 1 });
      await device.publishAsync(`${sensor}/humidity`, '40', { qos: 1 });
      await device.publishAsync(`${printer}/event/ZChange`, '1', { qos: 1 });
      expect(await property(sensor, 'temperature/properties/value')).toBe(21.5);
      for (const { length } of [cluster().urls('things'), cluster().urls('things')]) {
        expect(length).toBe(2);
        const { body } = await eventually(
          () => gemel.manage('GET', `/${id}/unseen-addresses`),
          (answer) => JSON.stringify(answer.body).includes('humidity'),
          PATIENCE_MS,
        );
        const { unseenAddresses } = body as { unseenAddresses: readonly { address: string }[] };
        expect(unseenAddresses.map(({ address }) => address)).toEqual([`${sensor}/humidity`]);
      }
    });
  });
}

function mqttPlace(): Record<string, string> {
  return { 'tcp://mqtt-broker:1883': requiredVariable('MQTT_URL').replace(/^mqtt:/, 'tcp:') };
}

function parseDefinition(value: unknown): Parameters<Operated['create']>[0] {
  return value as Parameters<Operated['create']>[0];
}
