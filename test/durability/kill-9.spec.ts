import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { fsck } from '../support/fsck.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const ROUNDS = 20;
const WRITERS = 4;
/** Confirmed writes before the power cut; differs from round to round so that it strikes in different places. */
const writesBeforeCut = (round: number) => 40 + ((round * 37) % 160);

/** A device with a counter: it knows the last value it was told is stored. */
interface Writer {
  readonly thingId: string;
  readonly write: (solo: Solo, value: number) => Promise<void>;
  acknowledged: number;
}

const writers: Writer[] = Array.from({ length: WRITERS }, (_, index) => [
  { thingId: `kill:http-${String(index)}`, write: writeOverHttp(`kill:http-${String(index)}`), acknowledged: -1 },
  { thingId: `kill:mqtt-${String(index)}`, write: writeOverMqtt(`kill:mqtt-${String(index)}`), acknowledged: -1 },
]).flat();

const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged + 1, 0);

it(
  `loses and doubles nothing in ${String(ROUNDS)} rounds of kill -9 under load`,
  () =>
    withFolder(async (folder) => {
      const first = await startSolo(folder);
      for (const { thingId } of writers) {
        const created = await call(first, 'PUT', `/api/2/things/${thingId}`, {
          features: { counter: { properties: {} } },
        });
        expect(created.status).toBe(201);
      }
      await first.kill();

      let solo = await startSolo(folder);
      let next = new Map(writers.map((writer) => [writer, 0]));
      for (let round = 0; round < ROUNDS; round++) {
        const loads = writers.map((writer) => load(solo, writer, next.get(writer) ?? 0));
        const enough = acknowledged() + writesBeforeCut(round);
        await eventually(
          () => Promise.resolve(acknowledged()),
          (count) => count >= enough,
        );
        await solo.kill();
        await Promise.all(loads);

        solo = await startSolo(folder);
        next = new Map(await Promise.all(writers.map(async (writer) => [writer, await check(solo, writer)] as const)));
      }
      expect(await solo.stop()).toBe(0);
      expect(await fsck({ GEMEL_DATA_DIR: folder })).toMatchObject({ status: 0 });
      const total = [...next.values()].reduce((sum, count) => sum + count, 0);
      expect(total).toBeGreaterThan(ROUNDS * writers.length);
    }),
  240_000,
);

/** Writes 0, 1, 2, … from where it was, each after the one before was confirmed, until the process is gone. */
async function load(solo: Solo, writer: Writer, from: number): Promise<void> {
  try {
    for (let value = from; ; value++) {
      await writer.write(solo, value);
      writer.acknowledged = value;
    }
  } catch {
    // The power cut.
  }
}

/** Every confirmed value is there, history has each value once, and revisions have no gap. Returns the next value. */
async function check(solo: Solo, writer: Writer): Promise<number> {
  const thing = await call(
    solo,
    'GET',
    `/api/2/things/${writer.thingId}?fields=features/counter/properties/value,_revision`,
  );
  const { features, _revision } = thing.body as {
    features?: { counter?: { properties?: { value?: number } } };
    _revision: number;
  };
  const stored = features?.counter?.properties?.value ?? -1;
  expect(stored).toBeGreaterThanOrEqual(writer.acknowledged);
  // One event created the thing, each value was one more.
  expect(_revision).toBe(stored + 2);
  if (stored < 0) return 0;
  const history = await eventually(
    () => historyOf(solo, writer.thingId),
    (values) => values.at(-1) === stored,
  );
  expect(history).toEqual(Array.from({ length: stored + 1 }, (_, value) => value));
  return stored + 1;
}

async function historyOf(solo: Solo, thingId: string): Promise<readonly number[]> {
  const answer = await call(
    solo,
    'GET',
    `/api/2/things/${thingId}/features/counter/timeseries/value?from=-1d&limit=100000`,
  );
  if (answer.status !== 200) return [];
  const { series } = answer.body as { series: readonly { values: readonly (readonly [string, number])[] }[] };
  return (series[0]?.values ?? []).map(([, value]) => value);
}

function writeOverHttp(thingId: string): Writer['write'] {
  return async (solo, value) => {
    const answer = await call(solo, 'PUT', `/api/2/things/${thingId}/features/counter/properties/value`, value);
    if (answer.status >= 300) throw new Error(`status ${String(answer.status)}`);
  };
}

function writeOverMqtt(thingId: string): Writer['write'] {
  let connection: Connection | undefined;
  return async (solo, value) => {
    if (connection?.url !== solo.mqtt) connection = connect(solo.mqtt);
    const message = {
      topic: `${thingId.replace(':', '/')}/things/twin/commands/merge`,
      headers: { 'content-type': 'application/merge-patch+json' },
      path: '/features/counter/properties',
      value: { value },
    };
    const { client, closed } = connection;
    await Promise.race([client.publishAsync(`telemetry/${thingId}`, JSON.stringify(message), { qos: 1 }), closed]);
  };
}

interface Connection {
  readonly url: string;
  readonly client: mqtt.MqttClient;
  /** Rejects when the connection is lost, or never came about. */
  readonly closed: Promise<never>;
}

function connect(url: string): Connection {
  const client = mqtt.connect(url, { username: 'ditto', password: 'ditto', reconnectPeriod: 0 });
  const closed = new Promise<never>((_resolve, reject) => {
    client.once('close', () => {
      reject(new Error('closed'));
    });
    client.on('error', reject);
  });
  closed.catch(() => undefined);
  return { url, client, closed };
}
