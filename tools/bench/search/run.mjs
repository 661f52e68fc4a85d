// `npm run bench -- --search`: searches among many things over HTTP, as their owner and as somebody who may not read all of them.
// Prints a table and writes the section of docs/benchmarks.md.
import { Agent, request } from 'node:http';
import { machine, writeSection } from '../page.mjs';
import { launch } from '../processes.mjs';
import { sampleThing } from '../sample-thing.mjs';
import { report } from './report.mjs';

const THINGS = Number(process.env.BENCH_THINGS ?? 100_000);
const ROUNDS = Number(process.env.BENCH_SEARCHES ?? 200);
const CLIENTS = 32;
const CITIES = ['berlin', 'bern', 'oslo', 'paris', 'rome'];
const BOTH = 'and(eq(attributes/city,"rome"),gt(features/velocity/properties/value,500))';

const gemel = await launch('apps/solo/bundle/main.js', ['--json'], {
  GEMEL_HTTP_PORT: '0',
  GEMEL_MQTT_PORT: '0',
  GEMEL_LOG_LEVEL: 'error',
  GEMEL_PRE_AUTHENTICATION: 'true',
});
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
const OWNER = { authorization: `Basic ${btoa('ditto:ditto')}` };
const GUEST = { 'x-ditto-pre-authenticated': 'bench:guest' };

await call('PUT', '/policies/bench:policy', OWNER, policy());
let created = 0;
await Promise.all(Array.from({ length: CLIENTS }, createThings));
await until(/^gemel_reader_lag_events\{reader="history"\} 0$/m);
const before = gemel.residentBytes();
const rows = [];
for (const [user, headers] of [
  ['owner', OWNER],
  ['guest', GUEST],
]) {
  const measure = async (what, filter, option, target = 'p99 < 50 ms') =>
    rows.push({ what, user, target, ...(await measureSearch({ filter, option }, headers)) });
  await measure('equal', 'eq(attributes/serial,"S777")', undefined, 'p50 < 2 ms');
  await measure('two predicates', BOTH);
  await measure('two predicates, sorted', BOTH, 'sort(-features/velocity/properties/value)');
  await measure('any feature, and a prefix', 'and(gt(features/*/properties/value,990),like(attributes/serial,"S7*"))');
  await measure('contained in a text', 'like(attributes/serial,"*777*")');
  await measure('all, sorted', undefined, 'sort(-attributes/n)');
}
const text = report({ rows, things: THINGS, rounds: ROUNDS, before, after: gemel.residentBytes(), machine: machine() });
agent.destroy();
await gemel.stop();
console.log(text);
await writeSection('search', text);

/** How long the first one takes, before there is an index, and the later ones. */
async function measureSearch(query, headers) {
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined);
  const path = `/search/things?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
  const first = await timed(path, headers);
  await indexed();
  await timed(path, headers);
  const cpu = gemel.cpuMs();
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(path, headers));
  const sorted = times.toSorted((a, b) => a - b);
  const share = (of) => sorted[Math.floor(of * (ROUNDS - 1))];
  return { first, p50: share(0.5), p99: share(0.99), cpuMicros: ((gemel.cpuMs() - cpu) * 1000) / ROUNDS };
}

/** Until the indexes that the last search has asked for are made. */
function indexed() {
  return until(/^gemel_search_indexes_pending 0$/m);
}

/** Until the metrics say so. */
async function until(pattern) {
  const url = `${gemel.ready.http}/metrics`;
  // Asking all the time would take time from what is waited for.
  while (!pattern.test(await (await fetch(url)).text())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function timed(path, headers) {
  const start = performance.now();
  await call('GET', path, headers);
  return performance.now() - start;
}

async function createThings() {
  while (created < THINGS) {
    const n = created++;
    const thing = sampleThing(`bench:thing-${String(n).padStart(7, '0')}`);
    Object.assign(thing.attributes, { serial: `S${n}`, n, city: CITIES[n % CITIES.length], secret: n % 10 });
    thing.features.velocity.properties.value = (n * 7919) % 1000;
    await call('PUT', `/things/${thing.thingId}`, OWNER, thing);
  }
}

function policy() {
  const all = { grant: ['READ', 'WRITE'], revoke: [] };
  const read = { grant: ['READ'], revoke: [] };
  const secret = { 'thing:/attributes/secret': { grant: [], revoke: ['READ'] } };
  return {
    entries: {
      owner: { subjects: { 'nginx:ditto': { type: 'owner' } }, resources: { 'thing:/': all, 'policy:/': all } },
      guest: { subjects: { 'bench:guest': { type: 'guest' } }, resources: { 'thing:/': read, ...secret } },
    },
  };
}

function call(method, path, headers, body) {
  const { hostname, port } = new URL(gemel.ready.http);
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method, path: `/api/2${path}`, headers: { ...headers, ...content } };
    request(options, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode < 300) resolve();
        else reject(new Error(`${method} ${path}: ${String(response.statusCode)}`));
      });
    })
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}
