import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import type { Gemel } from '../support/gemel.js';
import { BASIC_POLICY, createBasicPolicy, idsOf, proxyOf } from './proxy.js';
import type { Proxy } from './proxy.js';

/** The examples of OpenTwins' documentation, played as its reader does: types, twins, messages, dashboards. */
export const QUICKSTART_SCENARIOS: readonly (readonly [example: string, play: (gemel: Gemel) => Promise<void>])[] = [
  ['car', car],
  ['raspberry', raspberry],
  ['production line', productionLine],
];

/** Between processes the history is behind the twin by a moment. */
const HISTORY_DEADLINE_MS = 30_000;
const WHEELS = [1, 2, 3, 4];

function typeOf(name: string, features: Readonly<Record<string, readonly string[]>>): object {
  return {
    policyId: BASIC_POLICY,
    attributes: { name },
    features: Object.fromEntries(
      Object.entries(features).map(([feature, properties]) => [
        feature,
        { properties: Object.fromEntries(properties.map((property) => [property, null])) },
      ]),
    ),
  };
}

/** Publishes as the documentation's scripts: one merge of features, to the topic of the twin. */
async function publish(
  gemel: Gemel,
  messages: readonly (readonly [thingId: string, features: object])[],
): Promise<void> {
  const client = await mqtt.connectAsync(gemel.mqtt, { username: 'ditto', password: 'ditto' });
  for (const [thingId, features] of messages) {
    const address = thingId.replace(':', '/');
    const message = {
      topic: `${address}/things/twin/commands/merge`,
      headers: { 'content-type': 'application/merge-patch+json' },
      path: '/features',
      value: features,
    };
    await client.publishAsync(`${gemel.telemetry}/${address}`, JSON.stringify(message), { qos: 1 });
  }
  await client.endAsync();
}

async function propertyBecomes({ ditto }: Proxy, thingId: string, path: string, value: unknown): Promise<void> {
  const read = () => ditto('GET', `/api/2/things/${thingId}/features/${path}`);
  await eventually(read, ({ body }) => body === value, HISTORY_DEADLINE_MS);
}

/** The rows of a Flux query as objects, once there are as many as expected. */
async function rowsOf({ ditto }: Proxy, query: string, count: number): Promise<readonly Record<string, string>[]> {
  const headers = {
    'content-type': 'application/vnd.flux',
    accept: 'application/csv',
    authorization: 'Token ditto:ditto',
  };
  const ask = async (): Promise<readonly Record<string, string>[]> => {
    const { status, body } = await ditto('POST', '/api/v2/query?org=opentwins', query, headers);
    expect({ status, body }).toMatchObject({ status: 200 });
    // Tables come one after the other, each with a head of its own.
    return String(body)
      .split('\r\n\r\n')
      .flatMap((table) => {
        const [head = '', ...rows] = table.split('\r\n').filter((line) => line !== '' && !line.startsWith('#'));
        const names = head.split(',');
        return rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [names[index] ?? '', cell])));
      });
  };
  return eventually(ask, (rows) => rows.length === count, HISTORY_DEADLINE_MS);
}

const FROM = 'import "strings"\nfrom(bucket: "opentwins") |> range(start: -1h)\n';
const MEASURED = '|> filter(fn: (r) => r["_measurement"] == "mqtt_consumer")\n';
const GPS =
  `${FROM}${MEASURED}|> filter(fn: (r) => r["thingId"] == "example:mycar")\n` +
  '|> filter(fn: (r) => r["_field"] == "value_gps_properties_latitude" or r["_field"] == "value_gps_properties_longitude")\n' +
  '|> map(fn: (r) => ({ r with _field: strings.replace(v: r._field, t: "value_gps_properties_", u: "", i: 2) }))\n' +
  '|> keep(columns: ["_time", "_value", "_field"])\n|> sort(columns: ["_time"])\n';

async function car(gemel: Gemel): Promise<void> {
  const proxy = proxyOf(gemel);
  const { extended } = proxy;
  await createBasicPolicy(proxy);
  const gps = typeOf('Car', { gps: ['latitude', 'longitude', 'time'] });
  expect((await extended('PUT', '/api/types/example:car', gps)).status).toBe(201);
  const wheel = typeOf('Wheel', { velocity: ['value', 'time'], direction: ['value', 'time'] });
  expect((await extended('PUT', '/api/types/example:car/children/example:wheel/4', wheel)).status).toBe(201);
  const made = await extended('POST', '/api/types/example:car/create/example:mycar');
  expect([made.status, made.body]).toEqual([200, '']);
  const wheels = WHEELS.map((number) => `example:mycar:wheel_${String(number)}`);
  expect(idsOf((await extended('GET', '/api/twins/example:mycar/children')).body)).toEqual(wheels);

  const time = Date.now();
  const wheelFeatures = (velocity: number, at: number) => ({
    velocity: { properties: { value: velocity, time: at } },
    direction: { properties: { value: 7.5, time: at } },
  });
  await publish(gemel, [
    ['example:mycar', { gps: { properties: { latitude: 36.71, longitude: -4.41, time } } }],
    ['example:mycar', { gps: { properties: { latitude: 36.72, longitude: -4.42, time: time + 5 } } }],
    ...wheels.map((id, index) => [id, wheelFeatures(44.07 + index, time)] as const),
  ]);

  await propertyBecomes(proxy, 'example:mycar', 'gps/properties/latitude', 36.72);
  await propertyBecomes(proxy, 'example:mycar:wheel_2', 'velocity/properties/value', 45.07);
  // Both points of each first: what is last while one is on its way is right too.
  const evolution = await rowsOf(proxy, GPS, 4);
  expect(evolution.map(({ _value }) => _value).toSorted()).toEqual(['-4.41', '-4.42', '36.71', '36.72']);
  const last = await rowsOf(proxy, `${GPS}|> last()`, 2);
  expect(last.map(({ _field, _value }) => [_field, _value]).toSorted()).toEqual([
    ['latitude', '36.72'],
    ['longitude', '-4.42'],
  ]);
  const velocity = await rowsOf(
    proxy,
    `${FROM}${MEASURED}|> filter(fn: (r) => strings.hasPrefix(v: r["thingId"], prefix: "example:mycar:wheel_"))\n` +
      '|> filter(fn: (r) => r["_field"] == "value_velocity_properties_value")\n' +
      '|> map(fn: (r) => ({ r with thingId: strings.replace(v: r.thingId, t: "example:mycar:", u: "", i: 2) }))\n' +
      '|> keep(columns: ["thingId", "_value", "_time"])',
    4,
  );
  expect(velocity.map(({ thingId, _value }) => [thingId, _value]).toSorted()).toEqual(
    WHEELS.map((number) => [`wheel_${String(number)}`, String(43.07 + number)]),
  );
  const unity = await rowsOf(
    proxy,
    `${FROM}|> filter(fn: (r) => r["thingId"] == "example:mycar:wheel_1" and r["originator"] == "nginx:ditto")\n` +
      '|> filter(fn: (r) => r["parent"] == "example:mycar")\n|> keep(columns: ["_time", "_value", "_field"])',
    6,
  );
  expect(unity.map(({ _field }) => _field).toSorted()).toEqual([
    'value_attributes_name',
    'value_attributes_type',
    'value_direction_properties_time',
    'value_direction_properties_value',
    'value_velocity_properties_time',
    'value_velocity_properties_value',
  ]);
}

/** Twins that were made on their own, in a namespace other than the parent's, are linked afterwards. */
async function raspberry(gemel: Gemel): Promise<void> {
  const proxy = proxyOf(gemel);
  const { extended } = proxy;
  await createBasicPolicy(proxy);
  await extended('PUT', '/api/types/example:raspberry_type', typeOf('Raspberry', {}));
  const sensor = typeOf('DHT22', { temperature: ['value', 'time'], humidity: ['value', 'time'] });
  const part = await extended('PUT', '/api/types/example:raspberry_type/children/example:DHT22/2', sensor);
  expect(part.status).toBe(201);
  expect((await extended('PUT', '/api/twins/example:raspberry', typeOf('Raspberry', {}))).status).toBe(201);
  const sensors = ['raspberry:DHT22_1', 'raspberry:DHT22_2'];
  for (const id of sensors) {
    expect((await extended('POST', `/api/types/example:DHT22/create/${id}`)).status).toBe(200);
    const linked = await extended('PUT', `/api/twins/example:raspberry/children/${id}`);
    expect([linked.status, linked.body]).toEqual([200, '']);
  }
  expect(idsOf((await extended('GET', '/api/twins/example:raspberry/children')).body)).toEqual(sensors);

  await publish(
    gemel,
    sensors.map((id, index) => [
      id,
      { temperature: { properties: { value: 21.5 + index } }, humidity: { properties: { value: 60 } } },
    ]),
  );
  await propertyBecomes(proxy, 'raspberry:DHT22_2', 'temperature/properties/value', 22.5);
  const rows = await rowsOf(
    proxy,
    `${FROM}${MEASURED}|> filter(fn: (r) => r["parent"] == "example:raspberry" and r["_field"] == "value_temperature_properties_value")`,
    2,
  );
  expect(rows.map(({ thingId, _value }) => [thingId, _value]).toSorted()).toEqual([
    ['raspberry:DHT22_1', '21.5'],
    ['raspberry:DHT22_2', '22.5'],
  ]);
}

/** A state that is text, and a number. */
async function productionLine(gemel: Gemel): Promise<void> {
  const proxy = proxyOf(gemel);
  await createBasicPolicy(proxy);
  const line = typeOf('Line', { state: ['value'], consumption: ['value'] });
  expect((await proxy.extended('PUT', '/api/twins/example:production-line', line)).status).toBe(201);

  await publish(gemel, [
    [
      'example:production-line',
      { state: { properties: { value: 'running' } }, consumption: { properties: { value: 3 } } },
    ],
    ['example:production-line', { state: { properties: { value: 'stopped' } } }],
  ]);
  await propertyBecomes(proxy, 'example:production-line', 'state/properties/value', 'stopped');
  await propertyBecomes(proxy, 'example:production-line', 'consumption/properties/value', 3);
  const rows = await rowsOf(
    proxy,
    `${FROM}${MEASURED}|> filter(fn: (r) => r["thingId"] == "example:production-line" and r["_field"] == "value_state_properties_value")`,
    2,
  );
  expect(rows.map(({ _value }) => _value)).toEqual(['running', 'stopped']);
}
