// MQTT load from this process: QoS 1 publishes, a window of unconfirmed ones for each client.
import mqtt from 'mqtt';

/** Confirmed messages per second and the server's CPU for each, in microseconds. */
export async function mqttLoad(server, { port, clients, window, seconds }) {
  const connected = await Promise.all(
    Array.from({ length: clients }, () =>
      mqtt.connectAsync({ host: '127.0.0.1', port, username: 'ditto', password: 'ditto', reconnectPeriod: 0 }),
    ),
  );
  const before = server.cpuMs();
  const end = performance.now() + seconds * 1000;
  let confirmed = 0;
  await Promise.all(
    connected.flatMap((client, place) =>
      Array.from({ length: window }, async (_, lane) => {
        for (let round = 0; performance.now() < end; round++) {
          const name = `thing-${(place * window + lane) % 1000}`;
          await client.publishAsync(`telemetry/bench/${name}`, message(name, round), { qos: 1 });
          confirmed++;
        }
      }),
    ),
  );
  const cpuMs = server.cpuMs() - before;
  await Promise.all(connected.map((client) => client.endAsync()));
  return { perSecond: confirmed / seconds, cpuMicros: (cpuMs * 1000) / confirmed };
}

function message(name, round) {
  return JSON.stringify({
    topic: `bench/${name}/things/twin/commands/merge`,
    headers: { 'content-type': 'application/merge-patch+json' },
    path: '/features',
    value: { velocity: { properties: { value: round } }, direction: { properties: { value: round % 360 } } },
  });
}
