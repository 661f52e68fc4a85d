// `npm run bench -- --connectors`: connections of solo beside bare clients of the same libraries, in turns: some only read
// and confirm, or only publish, others store as much as Gemel does before they confirm; and how long it takes from a device to a consumer. Writes docs/benchmarks.md.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down } from '../../services/down.mjs';
import { up } from '../../services/up.mjs';
import { busy, machine, median, writeSection } from '../page.mjs';
import { launch } from '../processes.mjs';
import { Operator } from './operator.mjs';
import { bareLatency, latency } from './latency.mjs';
import { many } from './many.mjs';
import { measureIn, measureOut } from './throughput.mjs';
import { kafkaTransport } from './kafka-transport.mjs';
import { mqttTransport } from './mqtt-transport.mjs';
import { report } from './report.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 20_000);
const PACE = { perSecond: 2_000, seconds: Number(process.env.BENCH_SECONDS ?? 10) };
const MANY = { defined: 1_000, open: 200 };
const SETTINGS = { GEMEL_HTTP_PORT: '0', GEMEL_MQTT_PORT: '0', GEMEL_LOG_LEVEL: 'error' };

const dir = mkdtempSync(join(tmpdir(), 'gemel-services-'));
let text;
process.env.MOSQUITTO_MAX_INFLIGHT = '1000';
try {
  const addresses = await up(['mosquitto', 'kafka'], { dir });
  const gemel = await launch('apps/solo/bundle/main.js', ['--json'], SETTINGS);
  const transports = [await mqttTransport(addresses.MQTT_URL), await kafkaTransport(addresses.KAFKA_BROKERS)];
  const operator = new Operator(gemel);
  await operator.createThings();
  const rows = [];
  for (const transport of transports) {
    const peer = await transport.durablePeer();
    const parts = { count: MESSAGES, peer };
    rows.push(await compare(`${transport.name} in, to durable twins`, () => measureIn(operator, transport, parts)));
    await peer.stop();
    rows.push(await compare(`events out to ${transport.name}`, () => measureOut(operator, transport, MESSAGES)));
  }
  const latencies = {
    bare: await bareLatency(transports[0], PACE),
    ours: await latency(operator, transports[0], PACE),
  };
  for (const transport of transports) await transport.close();
  await gemel.stop();
  const kept = { ...SETTINGS, GEMEL_DATA_DIR: join(dir, 'data') };
  mkdirSync(kept.GEMEL_DATA_DIR);
  const launchAgain = () => launch('apps/solo/bundle/main.js', ['--json'], kept);
  text = report({
    rows,
    latencies,
    many: await many(launchAgain, { url: addresses.MQTT_URL, ...MANY }),
    machine: machine(),
    load: busy(),
    rounds: ROUNDS,
    messages: MESSAGES,
    pace: PACE,
  });
} finally {
  await down([], { dir, purge: true });
  rmSync(dir, { recursive: true, force: true });
}
console.log(text);
await writeSection('connectors', text);

/** Medians of several rounds, Gemel and its peers in turns so that all see the same machine; the first warms up. */
async function compare(name, measure) {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = await measure();
    const told = Object.entries(measured).map(
      ([who, one]) => `${who} ${one.perSecond.toFixed(0)}/s ${one.cpuMicros.toFixed(0)} µs`,
    );
    console.error(`${name}: ${told.join(', ')}${round === 0 ? ' (warm-up)' : ''}`);
    if (round > 0) rounds.push(measured);
  }
  const of = (who) => ({
    perSecond: median(rounds.map((round) => round[who].perSecond)),
    cpuMicros: median(rounds.map((round) => round[who].cpuMicros)),
    percent: median(rounds.map((round) => (100 * round.ours.perSecond) / round[who].perSecond)),
  });
  return { name, ...Object.fromEntries(Object.keys(rounds[0]).map((who) => [who, of(who)])) };
}
