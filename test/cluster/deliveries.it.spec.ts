import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import type { Message } from 'kafkajs';
import mqtt from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { FETCH_MS } from '../support/brokers/index.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { FEATURE, Witness } from '../support/counters.js';
import { EventSubscriber } from '../support/event-subscriber.js';
import { followThings } from '../support/sse.js';

const VALUES = [0, 1, 2, 3, 4];

describe('a cluster', () => {
  const namespace = `deliveries${randomUUID().slice(0, 8)}`;
  const url = process.env['MQTT_URL'] ?? '';
  let cluster: StartedCluster;
  let events: EventSubscriber;
  let witness: Witness;

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, apps: ['things', 'ingest'] });
    events = await EventSubscriber.open(url, `opentwins/twin/events/${namespace}/#`);
    witness = new Witness(cluster);
  });
  afterAll(async () => {
    await events.close();
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0]);
  });

  async function create(name: string): Promise<string> {
    const thingId = `${namespace}:${name}`;
    const created = await witness.ask('PUT', `/api/2/things/${thingId}`, { features: { counter: {} } });
    expect(created?.status).toBe(201);
    return thingId;
  }

  async function write(thingId: string, value: number): Promise<void> {
    const path = `/api/2/things/${thingId}${FEATURE}/properties`;
    expect((await witness.ask('PUT', path, { value }))?.status).toBeLessThan(300);
  }

  const historyOf = (thingId: string, last: number) =>
    eventually(
      () => witness.history(thingId, '-1h'),
      (values) => values.at(-1) === last,
    );

  it('shows an event once that is on the topic twice', async () => {
    const thingId = await create('twice');
    const streams = await Promise.all(cluster.urls('things').map((http) => followThings(http, `ids=${thingId}`)));
    for (const value of VALUES) await write(thingId, value);
    await historyOf(thingId, 4);
    const repeated = await repeatMessages(cluster.names.topic, thingId);
    expect([...repeated].toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    // What comes behind the copies shows that they were taken.
    await write(thingId, 5);
    expect(await historyOf(thingId, 5)).toEqual([...VALUES, 5]);
    const shown = await eventually(
      () => Promise.resolve(streams.map(({ data }) => data)),
      (all) => all.every((data) => data.at(-1)?.includes('"value":5')),
    );
    for (const stream of streams) stream.close();
    // The event that made the thing may be among them.
    const values = shown.map((data) => data.filter((text) => text.includes('"value":')).length);
    expect(values).toEqual([6, 6]);
    await eventually(
      () => Promise.resolve(events.of(thingId).at(-1)?.revision),
      (revision) => revision === 7,
    );
    expect(events.of(thingId).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps one point of a message that a device sends twice', async () => {
    const thingId = await create('device');
    const device = await mqtt.connectAsync(url);
    for (const value of [0, 1, 1, 2]) {
      const reading = { value, time: Date.UTC(2026, 0, 1) + value };
      const topic = `${thingId.replace(':', '/')}/things/twin/commands/merge`;
      const message = JSON.stringify({ topic, path: `${FEATURE}/properties`, value: reading });
      await device.publishAsync(`${cluster.names.telemetry}/${thingId}`, message, { qos: 1 });
    }
    await device.endAsync();
    const history = await eventually(
      () => witness.history(thingId, '2026-01-01T00:00:00Z'),
      (values) => values.at(-1) === 2,
    );
    expect(history).toEqual([0, 1, 2]);
    expect((await witness.state(thingId)).reading?.value).toBe(2);
  });

  it('ends the stream of a client that does not read, and nobody else waits for it', async () => {
    const thingId = await create('watched');
    const http = cluster.urls('things')[0] ?? '';
    const slow = connect(Number(new URL(http).port), '127.0.0.1');
    const gone = once(slow, 'close');
    slow.on('error', () => undefined);
    slow.write(
      `GET /api/2/things?ids=${thingId} HTTP/1.1\r\nhost: gemel\r\naccept: text/event-stream\r\n` +
        `authorization: Basic ${btoa('ditto:ditto')}\r\n\r\n`,
    );
    await once(slow, 'readable');
    const other = await followThings(http, `ids=${thingId}`);
    const text = 'x'.repeat(50_000);
    let written = 0;
    const isEnded = () => cluster.log().includes('did not keep up');
    while (!isEnded() && written < 1_000) {
      const { status } = await call(
        { http },
        'PUT',
        `/api/2/things/${thingId}/attributes/text`,
        JSON.stringify(text + String(written)),
      );
      expect(status).toBeLessThan(300);
      written += 1;
      // The one who reads is not to be taken for slow because everything happens on one machine.
      await eventually(
        () => Promise.resolve(other.data.length),
        (count) => count >= written - 20,
      );
    }
    expect(isEnded()).toBe(true);
    // The event that made the thing may be among them.
    const shown = () => other.data.filter((data) => data.includes('"text"')).length;
    await eventually(
      () => Promise.resolve(shown()),
      (count) => count === written,
    );
    other.close();
    slow.resume();
    await gone;
  });
});

/** Puts the messages with a thing's events on the topic once more, as and where they are; answers the revisions of these. */
async function repeatMessages(topic: string, thingId: string): Promise<ReadonlySet<number>> {
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const [consumer, producer, admin] = [
    kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: FETCH_MS }),
    kafka.producer(),
    kafka.admin(),
  ];
  await Promise.all([consumer.connect(), producer.connect(), admin.connect()]);
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    const total = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    const found: (Pick<Message, 'key' | 'value'> & { readonly partition: number })[] = [];
    // A set, since a relay that took over may have published them again by itself.
    const revisions = new Set<number>();
    const ofThing = new RegExp(`"entity":"thing","id":"${thingId}","revision":(\\d+)`, 'g');
    // A consumer that has committed nothing begins again when its group is formed anew.
    const read = new Set<string>();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message: { offset, key, value } }) => {
        const place = `${String(partition)}/${offset}`;
        if (read.has(place)) return;
        read.add(place);
        // A message may hold several.
        const events = [...String(value).matchAll(ofThing)];
        for (const [, revision] of events) revisions.add(Number(revision));
        if (events.length > 0) found.push({ partition, key, value });
      },
    });
    await eventually(
      () => Promise.resolve(read.size),
      (count) => count >= total,
    );
    await producer.send({ topic, messages: found });
    return revisions;
  } finally {
    await Promise.all([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
  }
}
