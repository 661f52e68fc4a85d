// `npm run bench`: Gemel beside bare programs that do the same work, in the same run, in turns.
// Prints a table of ratios and writes docs/benchmarks.md. Nothing here passes or fails: it is for people to read.
import { httpLoad } from './http-load.mjs';
import { mqttLoad } from './mqtt-load.mjs';
import { machine, writeSection } from './page.mjs';
import { launch } from './processes.mjs';
import { report } from './report.mjs';
import { sampleThing } from './sample-thing.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const THINGS = 1000;
const thingPath = (index) => `/api/2/things/bench:thing-${index % THINGS}`;

const launchGemel = () =>
  launch('apps/solo/bundle/main.js', ['--json'], {
    GEMEL_HTTP_PORT: '0',
    GEMEL_MQTT_PORT: '0',
    GEMEL_LOG_LEVEL: 'error',
  });
const portOf = (url) => Number(new URL(url).port);

const get = { method: 'GET', path: thingPath, connections: 64, seconds: SECONDS };
const put = {
  method: 'PUT',
  path: (index) => `${thingPath(index)}/features/velocity/properties/value`,
  body: (index) => String(index),
  connections: 128,
  seconds: SECONDS,
};
const publish = { clients: 8, window: 32, seconds: SECONDS };

const gemel = await launchGemel();
await createThings(portOf(gemel.ready.http));
const rows = [
  await compare('GET a thing', 60, 'tools/bench/peers/bare-get.mjs', (server, port) =>
    httpLoad(server, { ...get, port }),
  ),
  await compare('PUT a property, durable', 60, 'tools/bench/peers/bare-put.mjs', (server, port) =>
    httpLoad(server, { ...put, port }),
  ),
  await compare(
    'MQTT QoS 1 to twin and history',
    50,
    'tools/bench/peers/bare-mqtt.mjs',
    (server, port) => mqttLoad(server, { ...publish, port }),
    'mqtt',
  ),
];
await gemel.stop();
const start = await measureStart();
const text = report({
  rows,
  start,
  machine: machine(),
  rounds: ROUNDS,
  seconds: SECONDS,
});
console.log(text);
await writeSection('solo', text);

/** Median of several rounds, the two programs in turns so that both see the same machine. */
async function compare(name, targetPercent, script, load, protocol = 'http') {
  const peer = await launch(script, ['{folder}']);
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const bare = await load(peer, peer.ready.port);
    const ours = await load(gemel, portOf(gemel.ready[protocol]));
    // The first round warms up.
    if (round > 0) rounds.push({ bare, ours });
    console.error(
      `${name}: bare ${bare.perSecond.toFixed(0)}/s, Gemel ${ours.perSecond.toFixed(0)}/s${round === 0 ? ' (warm-up)' : ''}`,
    );
  }
  await peer.stop();
  const median = (pick) => rounds.map(pick).sort((a, b) => a - b)[Math.floor(rounds.length / 2)];
  return {
    name,
    targetPercent,
    bare: { perSecond: median((r) => r.bare.perSecond), cpuMicros: median((r) => r.bare.cpuMicros) },
    ours: { perSecond: median((r) => r.ours.perSecond), cpuMicros: median((r) => r.ours.cpuMicros) },
    percent: 100 * median((r) => r.ours.perSecond / r.bare.perSecond),
  };
}

async function createThings(port) {
  const url = `http://127.0.0.1:${port}/api/2`;
  const headers = { authorization: `Basic ${btoa('ditto:ditto')}`, 'content-type': 'application/json' };
  const all = { grant: ['READ', 'WRITE'], revoke: [] };
  const entry = {
    subjects: { 'nginx:ditto': { type: 'bench' } },
    resources: { 'thing:/': all, 'policy:/': all, 'message:/': all },
  };
  await send(`${url}/policies/bench:policy`, headers, { entries: { owner: entry } });
  for (let index = 0; index < THINGS; index++) {
    const { thingId, ...thing } = sampleThing(`bench:thing-${index}`);
    await send(`${url}/things/${thingId}`, headers, thing);
  }
}

async function send(url, headers, body) {
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
}

/** Time to the first 200 and memory when idle, of fresh processes. */
async function measureStart() {
  const runs = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    const server = await launchGemel();
    const response = await fetch(`${server.ready.http}/health`);
    if (response.status !== 200) throw new Error(`health: ${response.status}`);
    const firstAnswerMs = performance.now() - begun;
    runs.push({ firstAnswerMs, residentBytes: server.residentBytes() });
    await server.stop();
  }
  const median = (pick) => runs.map(pick).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  return { firstAnswerMs: median((r) => r.firstAnswerMs), residentBytes: median((r) => r.residentBytes) };
}
