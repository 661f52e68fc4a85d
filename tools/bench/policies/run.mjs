// `npm run bench -- --policies`: solo with and without policies, in turns, in the same run.
import { httpLoad } from '../http-load.mjs';
import { busy, machine, median, writeSection } from '../page.mjs';
import { launch } from '../processes.mjs';
import { sampleThing } from '../sample-thing.mjs';
import { report } from './report.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const THINGS = 1000;
const ENTRIES = 10;
const ALL = { grant: ['READ', 'WRITE'], revoke: [] };
const OWNER = { subjects: { 'nginx:ditto': { type: 'bench' } } };
const WHOLE = { entries: { owner: { ...OWNER, resources: { 'thing:/': ALL, 'policy:/': ALL, 'message:/': ALL } } } };

/** Things by the policies that they have; the id of a thing says which. */
const SETS = [
  { set: 'shared', name: 'one policy', policyOf: () => 'bench:shared' },
  { set: 'own', name: 'own policies', policyOf: (index) => `bench:own-${index}` },
  { set: 'partial', name: 'partial', policyOf: () => 'bench:partial' },
];

const env = { GEMEL_HTTP_PORT: '0', GEMEL_MQTT_PORT: '0', GEMEL_LOG_LEVEL: 'error' };
const guarded = await launch('apps/solo/dist/main.js', ['--json'], env);
const unguarded = await launch('tools/bench/policies/unguarded-solo.mjs', ['--json'], env);
for (const server of [guarded, unguarded]) for (const each of SETS) await fill(portOf(server), each);

const rows = [];
for (const { set, name } of SETS) {
  const thing = (index) => `/api/2/things/bench:${set}-${index % THINGS}`;
  rows.push(
    await compare(`GET a thing, ${name}`, { method: 'GET', path: thing, connections: 64 }),
    await compare(`PUT a property, ${name}`, {
      method: 'PUT',
      path: (index) => `${thing(index)}/features/velocity/properties/value`,
      body: String,
      connections: 128,
    }),
  );
}
await guarded.stop();
await unguarded.stop();
const text = report({ rows, machine: machine(), load: busy(), rounds: ROUNDS, seconds: SECONDS, entries: ENTRIES });
console.log(text);
await writeSection('policies', text);

async function compare(name, load) {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round++) {
    // Each goes first as often as the other.
    const order = round % 2 === 0 ? [unguarded, guarded] : [guarded, unguarded];
    const results = new Map();
    for (const server of order)
      results.set(server, await httpLoad(server, { ...load, port: portOf(server), seconds: SECONDS }));
    // The first round warms up.
    if (round > 0) rounds.push({ without: results.get(unguarded), with: results.get(guarded) });
  }
  const middle = (which) => ({
    perSecond: median(rounds.map((round) => round[which].perSecond)),
    cpuMicros: median(rounds.map((round) => round[which].cpuMicros)),
  });
  const row = { name, without: middle('without'), with: middle('with') };
  const ratio = median(rounds.map((round) => round.with.cpuMicros / round.without.cpuMicros));
  console.error(`${name}: ${row.without.cpuMicros.toFixed(1)} µs without, ${row.with.cpuMicros.toFixed(1)} µs with`);
  return { ...row, percent: 100 * (ratio - 1) };
}

async function fill(port, { set, policyOf }) {
  const url = `http://127.0.0.1:${port}/api/2`;
  for (let index = 0; index < THINGS; index++) {
    const policyId = policyOf(index);
    if (index === 0 || policyId !== policyOf(index - 1))
      await put(`${url}/policies/${policyId}`, set === 'partial' ? partial() : WHOLE);
    const { thingId, ...thing } = sampleThing(`bench:${set}-${index}`);
    await put(`${url}/things/${thingId}`, { ...thing, policyId });
  }
}

function partial() {
  const others = Array.from({ length: ENTRIES - 2 }, (_, index) => [
    `other-${index}`,
    { subjects: { [`nginx:other-${index}`]: { type: 'bench' } }, resources: { 'thing:/features': ALL } },
  ]);
  const hiding = { ...OWNER, resources: { 'thing:/attributes/location': { grant: [], revoke: ['READ'] } } };
  return { entries: { ...WHOLE.entries, hiding, ...Object.fromEntries(others) } };
}

async function put(url, body) {
  const headers = { authorization: `Basic ${btoa('ditto:ditto')}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
}

function portOf(server) {
  return Number(new URL(server.ready.http).port);
}
