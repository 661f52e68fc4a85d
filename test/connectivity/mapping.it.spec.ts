import { openMosquitto } from '@gemel/testkit/network';
import type { Mosquitto } from '@gemel/testkit/network';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const subjects = ['nginx:ditto'];

/** What a sensor of temperature and humidity sends, as the features of the twin that its topic names. */
const DHT22 = `
function mapToDittoProtocolMsg(headers, textPayload, bytePayload, contentType) {
  const reading = JSON.parse(textPayload);
  const name = headers['mqtt.topic'].split('/').pop();
  const feature = (value) => ({ properties: { value: value, time: 1715943644787 } });
  return Ditto.buildDittoProtocolMsg('raspberry', name, 'things', 'twin', 'commands', 'modify', '/features', {},
    { temperature: feature(reading.temp), humidity: feature(reading.hum) });
}`;

/** Two bytes of temperature in hundredths, two of pressure, one of humidity. */
const BINARY = `
function mapToDittoProtocolMsg(headers, textPayload, bytePayload, contentType) {
  if (contentType !== 'application/octet-stream') return null;
  const view = new DataView(bytePayload);
  const feature = (value) => ({ properties: { value: value } });
  return Ditto.buildDittoProtocolMsg('raspberry', headers['device_id'], 'things', 'twin', 'commands', 'modify', '/features',
    { 'correlation-id': headers['correlation-id'] },
    { temperature: feature(view.getInt16(0) / 100), pressure: feature(view.getInt16(2)), humidity: feature(view.getUint8(4)) });
}`;

/** Adds when the bridge has seen a reading to what goes on to the back end. */
const BRIDGE = `
function mapFromDittoProtocolMsg(namespace, name, group, channel, criterion, action, path, dittoHeaders, value) {
  const readings = {};
  for (const [feature, { properties }] of Object.entries(value)) readings[feature] = properties.value;
  return Ditto.buildExternalMsg({}, JSON.stringify(Object.assign(readings, { Bridge_Timestamp: Date.now() })), null, 'application/json');
}`;

let broker: Mosquitto;
let device: MqttClient;
const received: { topic: string; json: Record<string, unknown>; contentType: string | undefined }[] = [];

beforeAll(async () => {
  broker = await openMosquitto();
  device = await mqtt.connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`, { protocolVersion: 5 });
  device.on('message', (topic, payload, { properties }) => {
    const json = JSON.parse(payload.toString()) as Record<string, unknown>;
    received.push({ topic, json, contentType: properties?.contentType });
  });
  await device.subscribeAsync(['RealTime_Data', 'answers', 'opentwins/#'], { qos: 1 });
});

afterAll(async () => {
  await device.endAsync(true);
  await broker.close();
});

const arrival = (topic: string) =>
  eventually(
    () => Promise.resolve(received.find((each) => each.topic === topic)),
    (each) => each !== undefined,
  );

const connection = () => ({
  name: 'raspberries',
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: `tcp://127.0.0.1:${String(broker.port)}`,
  mappingDefinitions: {
    dht22: { mappingEngine: 'JavaScript', options: { incomingScript: DHT22 } },
    binary: { mappingEngine: 'JavaScript', options: { incomingScript: BINARY } },
    bridge: { mappingEngine: 'JavaScript', options: { outgoingScript: BRIDGE } },
    create: {
      mappingEngine: 'ImplicitThingCreation',
      options: { thing: { thingId: 'raspberry:{{ header:device_id }}', attributes: { by: 'connection' } } },
      incomingConditions: { named: "fn:filter(header:device_id,'exists')" },
    },
  },
  sources: [
    { addresses: ['sensors/+'], qos: 1, authorizationContext: subjects, payloadMapping: ['dht22'] },
    { addresses: ['binary'], qos: 1, authorizationContext: subjects, payloadMapping: ['create', 'binary'] },
    { addresses: ['commands/#'], qos: 1, authorizationContext: subjects },
  ],
  targets: [
    {
      address: 'RealTime_Data',
      topics: ['_/_/things/twin/events?namespaces=raspberry&filter=exists(features/temperature)'],
      qos: 1,
      authorizationContext: subjects,
      payloadMapping: ['bridge'],
    },
    {
      address: 'opentwins/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:namespace }}/{{ thing:name }}',
      topics: ['_/_/things/twin/events?extraFields=thingId,attributes/by', '_/_/things/live/messages'],
      qos: 1,
      authorizationContext: subjects,
    },
  ],
});

async function opened(solo: Solo): Promise<void> {
  const made = await call(solo, 'POST', '/api/2/connections', connection(), operator);
  expect(made.status).toBe(201);
  const path = `/api/2/connections/${(made.body as { id: string }).id}/status`;
  await eventually(
    () => call(solo, 'GET', path, undefined, operator),
    ({ body }) => (body as { liveStatus: string }).liveStatus === 'open' && !JSON.stringify(body).includes('"unknown"'),
  );
}

const feature = (solo: Solo, thing: string, name: string) =>
  call(solo, 'GET', `/api/2/things/raspberry:${thing}/features/${name}/properties/value`);

describe('the payload mapping of connections', () => {
  it('brings readings in by scripts, and out to the back end with when the bridge has seen them', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/things/raspberry:DHT22_1', {});
      await opened(solo);
      await device.publishAsync('sensors/DHT22_1', '{"temp":21.5,"hum":40}', { qos: 1 });
      await eventually(
        () => feature(solo, 'DHT22_1', 'temperature'),
        ({ body }) => body === 21.5,
      );
      const bridged = await arrival('RealTime_Data');
      expect(bridged).toMatchObject({ json: { temperature: 21.5, humidity: 40 }, contentType: 'application/json' });
      expect(bridged?.json['Bridge_Timestamp']).toEqual(expect.any(Number));
      expect(await arrival('opentwins/twin/events/raspberry/DHT22_1')).toMatchObject({
        json: { path: '/features', extra: { thingId: 'raspberry:DHT22_1' } },
      });
      expect(await solo.stop()).toBe(0);
    });
  });

  it('creates twins for what sends bytes, once', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await opened(solo);
      const properties = { contentType: 'application/octet-stream', userProperties: { device_id: 'sensor1' } };
      const send = (hex: string) => device.publishAsync('binary', Buffer.from(hex, 'hex'), { qos: 1, properties });
      await send('09ef03f72a');
      await eventually(
        () => feature(solo, 'sensor1', 'temperature'),
        ({ body }) => body === 25.43,
      );
      await send('09f003f72a');
      await eventually(
        () => feature(solo, 'sensor1', 'temperature'),
        ({ body }) => body === 25.44,
      );
      expect((await call(solo, 'GET', '/api/2/things/raspberry:sensor1/attributes/by')).body).toBe('connection');
      expect(await solo.stop()).toBe(0);
    });
  });

  it('answers commands where their response topic says, refusals too', async () => {
    await withFolder(async (folder) => {
      const solo = await startSolo(folder);
      await call(solo, 'PUT', '/api/2/things/raspberry:DHT22_1', { attributes: { a: 1 } });
      await opened(solo);
      const ask = (thing: string) =>
        device.publishAsync(
          'commands/x',
          JSON.stringify({
            topic: `raspberry/${thing}/things/twin/commands/retrieve`,
            headers: { 'correlation-id': thing },
            path: '/attributes/a',
          }),
          { qos: 1, properties: { responseTopic: 'answers' } },
        );
      received.length = 0;
      await ask('DHT22_1');
      expect(await arrival('answers')).toMatchObject({
        json: { topic: 'raspberry/DHT22_1/things/twin/commands/retrieve', status: 200, value: 1 },
      });
      received.length = 0;
      await ask('nothing');
      expect(await arrival('answers')).toMatchObject({
        json: {
          topic: 'raspberry/nothing/things/twin/errors',
          headers: { 'correlation-id': 'nothing' },
          status: 404,
          value: { error: 'things:thing.notfound' },
        },
      });
      expect(await solo.stop()).toBe(0);
    });
  });
});
