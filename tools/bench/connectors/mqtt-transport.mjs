// Mosquitto by MQTT 5 and mqtt.js, at QoS 1.
import { randomUUID } from 'node:crypto';
import mqtt from 'mqtt';
import { launch } from '../processes.mjs';
import { event, message } from './operator.mjs';
import { launchPeer } from './peer.mjs';
import { Counter, rate } from './throughput.mjs';

const WINDOW = 1_000;
const DEADLINE_MS = 120_000;
const OPTIONS = {
  protocolVersion: 5,
  properties: { receiveMaximum: WINDOW, sessionExpiryInterval: 600 },
  reconnectPeriod: 0,
};

export async function mqttTransport(url) {
  const uri = `tcp://${new URL(url).host}`;
  const connection = (mark) => ({ connectionType: 'mqtt-5', uri, specificConfig: { clientId: `gemel-${mark}` } });
  const connect = async (options = {}) => {
    const client = await mqtt.connectAsync(url, { ...OPTIONS, ...options });
    client.stream.setNoDelay(true);
    return client;
  };

  return {
    name: 'MQTT QoS 1',
    /** Of a client that does as much as Gemel before it confirms. */
    durablePeer: () => launchPeer('tools/bench/peers/bare-mqtt-consumer.mjs', ['{folder}', url]),
    inbox: async () => {
      const mark = randomUUID().slice(0, 8);
      const device = await connect();
      const fill = (count) => publish(device, count, (index) => [`${mark}/in/${index % 10}`, message(index)]);
      const pileUp = async (session, count) => {
        const first = await connect(session);
        await first.subscribeAsync(`${mark}/in/#`, { qos: 1 });
        await first.endAsync();
        await fill(count);
      };
      return {
        connection: connection(mark),
        address: `${mark}/in/#`,
        fill,
        consumeDurably: async (peer, count) => {
          const session = { clientId: `durable-${mark}`, clean: false };
          await pileUp(session, count);
          return peer.run({ filter: `${mark}/in/#`, options: { ...OPTIONS, ...session }, count });
        },
        consumeBare: async (count) => {
          const session = { clientId: `bare-${mark}`, clean: false };
          await pileUp(session, count);
          const counter = new Counter();
          const bare = mqtt.connect(url, { ...OPTIONS, ...session });
          const cpu = process.cpuUsage();
          bare.on('message', () => counter.add());
          const { ms } = await counter.reach(count, DEADLINE_MS);
          const { user, system } = process.cpuUsage(cpu);
          await bare.unsubscribeAsync(`${mark}/in/#`);
          await bare.endAsync(false, { properties: { sessionExpiryInterval: 0 } });
          return rate(ms, count, (user + system) / 1000);
        },
        close: () => device.endAsync(),
      };
    },
    outbox: async () => {
      const mark = randomUUID().slice(0, 8);
      const consumer = await connect();
      let counter = new Counter();
      consumer.on('message', () => counter.add());
      await consumer.subscribeAsync(`${mark}/out/#`, { qos: 0 });
      return {
        connection: connection(mark),
        address: `${mark}/out/{{ thing:name }}`,
        counter: () => (counter = new Counter()),
        publishBare: async (count) => {
          const producer = await connect();
          const cpu = process.cpuUsage();
          await publish(producer, count, (index) => [`${mark}/out/thing-${index % 1000}`, event(index)]);
          const { user, system } = process.cpuUsage(cpu);
          await producer.endAsync();
          return { cpuMs: (user + system) / 1000 };
        },
        close: () => consumer.endAsync(),
      };
    },
    /** Both ends of one connection. */
    through: async () => {
      const mark = randomUUID().slice(0, 8);
      const client = await connect();
      const seen = [];
      client.on('message', (_topic, payload) => seen.push([performance.now(), payload]));
      await client.subscribeAsync(`${mark}/out/#`, { qos: 1 });
      return {
        connection: connection(mark),
        source: `${mark}/in/#`,
        target: `${mark}/out`,
        seen,
        send: (index, payload) => client.publish(`${mark}/in/${index % 1000}`, payload, { qos: 1 }),
        close: () => client.endAsync(),
      };
    },
    /** A bare client between both ends. */
    bridge: ({ source, target }) => launch('tools/bench/peers/bare-mqtt-bridge.mjs', ['{folder}', url, source, target]),
    close: async () => undefined,
  };
}

/** With no more than a window of unconfirmed ones. */
async function publish(client, count, packetOf) {
  let next = 0;
  await Promise.all(
    Array.from({ length: WINDOW }, async () => {
      while (next < count) {
        const [topic, payload] = packetOf(next++);
        await client.publishAsync(topic, payload, { qos: 1 });
      }
    }),
  );
}
