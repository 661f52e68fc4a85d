// `npm run bench -- --cluster`: one and two replicas on the services, beside a loop over the bare driver and bare HTTP servers
// on the same database, in turns. Prints the tables and writes them into docs/benchmarks.md.
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { APPS } from '../../cluster/app-environment.mjs';
import { findServices } from '../../cluster/service-addresses.mjs';
import { httpLoad } from '../http-load.mjs';
import { machine, median, whole, writeSection } from '../page.mjs';
import { BareLoop } from './bare-loop.mjs';
import { BareServers } from './bare-servers.mjs';
import { InProcess } from './in-process.mjs';
import { MeasuredCluster, THINGS, thingName } from './measured-cluster.mjs';
import { PacedWrites } from './paced-writes.mjs';
import { readerLag } from './reader-lag.mjs';
import { report } from './report.mjs';
import { databaseCpu, followersCpu } from './services-cpu.mjs';
import { warmedRounds } from './warmed-rounds.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
/** So long that states and search index, which follow every ten seconds at the latest, are written during a round and not after it. */
const WRITE_SECONDS = Number(process.env.BENCH_WRITE_SECONDS ?? 12);
const LAG_SECONDS = 15;
/** Writes a second of a cluster with little to do: what is gathered under load comes by itself then. */
const FEW_PER_SECOND = 100;
const REPLICAS = (process.env.BENCH_REPLICAS ?? '1,2').split(',').map(Number);

/** `asked`: what the loop does beside it. */
const put = {
  name: 'PUT a property, durable',
  asked: 'write',
  clients: 128,
  seconds: WRITE_SECONDS,
  request: (place, of) => ({
    method: 'PUT',
    path: (index) => `${pathOf(index, place, of)}/features/velocity/properties/value`,
    body: (index) => String(index),
  }),
};
const loads = {
  write: put,
  alone: { ...put, name: 'the same on things alone' },
  direct: { name: 'the same without HTTP', clients: 128, seconds: WRITE_SECONDS },
  read: {
    name: 'GET a thing',
    asked: 'read',
    clients: 64,
    seconds: SECONDS,
    request: (place, of) => ({ method: 'GET', path: (index) => pathOf(index, place, of) }),
  },
};

const services = await findServices(process.env);
const { addresses } = services;
const client = await new MongoClient(addresses.MONGODB_URL).connect();
const databaseUse = databaseCpu(addresses.MONGODB_URL);
const followersUse = followersCpu(addresses);
const ownUse = () => {
  const { user, system } = process.cpuUsage();
  return { 'load generator': (user + system) / 1000 };
};
const results = { rows: [], use: [], served: [], few: [], lags: [], starts: [], memory: [] };
try {
  for (const replicas of REPLICAS) {
    await onCluster({ replicas }, measureCluster);
    // The loop has nobody who follows what it writes.
    await onCluster({ replicas, apps: ['things'] }, measureAlone);
  }
} finally {
  await client.close();
  await services.stop();
}
const text = report({
  ...results,
  machine: machine(),
  rounds: ROUNDS,
  seconds: SECONDS,
  writeSeconds: WRITE_SECONDS,
  lagSeconds: LAG_SECONDS,
  fewPerSecond: FEW_PER_SECOND,
});
console.log(text);
await writeSection('cluster', text);

/** Measures what was started, with a database, a topic and a bucket of one name, which are deleted afterwards. */
async function onCluster({ replicas, apps }, measure) {
  const name = `gemel-bench-${randomUUID().slice(0, 8)}`;
  const db = client.db(name);
  const options = {
    addresses,
    replicas,
    apps,
    ports: { things: 0, 'extended-api': 0, ingest: 0 },
    database: name,
    topic: name,
    bucket: name,
    environment: { ...process.env, GEMEL_LOG_LEVEL: 'error' },
    log: (line) => console.error(line),
    died: (replica, how) => console.error(`${replica.name} ended with ${how}`),
  };
  try {
    const cluster = await MeasuredCluster.start(options, db);
    try {
      await cluster.caughtUp();
      await measure(cluster, await BareLoop.open(db), { replicas, name });
    } finally {
      await cluster.stop();
    }
  } finally {
    await cleanUp(name);
  }
}

async function measureCluster(cluster, loop, { replicas, name }) {
  const idle = cluster.memory();
  const servers = await BareServers.start({ url: addresses.MONGODB_URL, database: name, replicas });
  try {
    const write = await compare('write', cluster, { loop, servers }, replicas);
    await compare('read', cluster, { loop }, replicas);
    await compareDirect(cluster, loop, { replicas, name });
    await measureLag('PUT at half of that', cluster, { perSecond: write.ours / 2, replicas, bucket: name });
    const times = { perSecond: FEW_PER_SECOND, replicas, bucket: name };
    const few = await measureLag(`PUT ${FEW_PER_SECOND} times a second`, cluster, times);
    results.few.push({ replicas, ours: few, bare: await fewOnServers(servers) });
  } finally {
    await servers.stop();
  }
  results.memory.push({ replicas, idle, loaded: cluster.memory() });
  if (replicas > 1) return;
  for (const app of APPS) {
    results.starts.push({ app, ms: await cluster.timeOfStart(app) });
  }
}

async function measureAlone(cluster, loop, { replicas }) {
  await compare('alone', cluster, { loop }, replicas);
}

/** Answers the CPU of a write, by program. */
async function measureLag(what, cluster, { perSecond, replicas, bucket }) {
  const { INFLUXDB_URL: url, INFLUXDB_TOKEN: token, INFLUXDB_ORG: org } = addresses;
  const influx = { url, token, org, bucket };
  const before = usage(cluster);
  const lag = await readerLag({ urls: cluster.things, influx, perSecond, seconds: LAG_SECONDS });
  const micros = perOperation(before, usage(cluster), lag.written);
  console.error(`${what}, ${replicas} replicas: ${JSON.stringify(micros)}`);
  results.lags.push({ replicas, perSecond, ...lag });
  results.use.push({ what, replicas, micros });
  return micros;
}

/** The same few writes on the bare servers, each of which has things of its own: it is asked for each time. */
async function fewOnServers(servers) {
  const writes = new PacedWrites(servers.urls);
  const before = usageOf(servers);
  const few = { perSecond: FEW_PER_SECOND, seconds: LAG_SECONDS };
  const done = await writes.run(few, (count) => writes.write(thingName(count % THINGS)));
  return perOperation(before, usageOf(servers), done);
}

/**
 * Median of several rounds after warming up, all in turns so that they see the same machine; the readers are not left behind.
 * @param peers.servers measured, too, when they are given
 */
async function compare(kind, cluster, { loop, servers }, replicas) {
  const { name, asked, clients, seconds } = loads[kind];
  const round = async () => {
    const bare = await loop[asked]({ clients, seconds });
    const served = servers && (await loadServers(servers, loads[kind]));
    const before = usage(cluster);
    const ours = await load(cluster.things, loads[kind]);
    const micros = perOperation(before, usage(cluster), ours.done);
    const catchUp = await cluster.caughtUp();
    const measured = { bare: bare.perSecond, served, ours: ours.perSecond, micros, catchUp };
    tell(`${name}, ${replicas} replicas`, measured);
    return measured;
  };
  const { rounds, warmUps } = await warmedRounds(ROUNDS, {
    round,
    ratesOf: ({ bare, served, ours }) => [bare, ours, ...(served ? [served.perSecond] : [])],
  });
  const of = (pick) => median(rounds.map(pick));
  const rowBeside = (peer, pick) => ({
    name,
    replicas,
    peer,
    warmUps,
    bare: of(pick),
    ours: of((it) => it.ours),
    percent: 100 * of((it) => it.ours / pick(it)),
    catchUp: of((it) => it.catchUp),
  });
  const row = rowBeside('loop', (it) => it.bare);
  results.rows.push(row);
  results.use.push({ what: name, replicas, micros: eachMedian(rounds.map(({ micros }) => micros)) });
  if (servers) {
    results.rows.push(rowBeside('server', (it) => it.served.perSecond));
    results.served.push({ replicas, micros: eachMedian(rounds.map(({ served }) => served.micros)) });
  }
  return row;
}

/** As `load` of Gemel, with the CPU that the servers and the database took. */
async function loadServers(servers, asked) {
  const before = usageOf(servers);
  const { perSecond, done } = await load(servers.urls, asked);
  return { perSecond, micros: perOperation(before, usageOf(servers), done) };
}

/** By program. */
function eachMedian(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((round) => round[name]))]));
}

/** As `compare`, for writes that replicas make by themselves. */
async function compareDirect(cluster, loop, { replicas, name: database }) {
  const { name, clients, seconds } = loads.direct;
  const direct = await InProcess.open({ addresses, name: database, replicas });
  const round = async () => {
    const bare = await loop.write({ clients, seconds });
    const ours = await direct.write({ clients, seconds });
    const measured = { bare: bare.perSecond, ours: ours.perSecond, catchUp: await cluster.caughtUp() };
    tell(`${name}, ${replicas} replicas`, measured);
    return measured;
  };
  try {
    const { rounds, warmUps } = await warmedRounds(ROUNDS, { round, ratesOf: ({ bare, ours }) => [bare, ours] });
    const of = (pick) => median(rounds.map(pick));
    const percent = 100 * of((it) => it.ours / it.bare);
    const [bare, ours, catchUp] = [of((it) => it.bare), of((it) => it.ours), of((it) => it.catchUp)];
    results.rows.push({ name, replicas, peer: 'loop', warmUps, bare, ours, percent, catchUp });
  } finally {
    await direct.close();
  }
}

/** A round, when it is over. */
function tell(what, { bare, served, ours, catchUp, micros }) {
  const server = served ? `bare server ${whole(served.perSecond)}/s ${JSON.stringify(served.micros)}, ` : '';
  console.error(
    `${what}: bare ${whole(bare)}/s, ${server}Gemel ${whole(ours)}/s, readers ${catchUp.toFixed(1)} s behind ` +
      JSON.stringify(micros ?? {}),
  );
}

/** The clients are shared out among the replicas; each has things of its own. */
async function load(urls, { clients, request, seconds }) {
  const shares = await Promise.all(
    urls.map((url, place) =>
      httpLoad(
        { cpuMs: () => 0 },
        {
          ...request(place, urls.length),
          port: Number(new URL(url).port),
          connections: clients / urls.length,
          seconds,
        },
      ),
    ),
  );
  const sum = (pick) => shares.reduce((total, each) => total + pick(each), 0);
  return { perSecond: sum((each) => each.perSecond), done: sum((each) => each.done) };
}

function pathOf(index, place, of) {
  return `/api/2/things/${thingName((index * of + place) % THINGS)}`;
}

function usage(cluster) {
  return { ...cluster.cpu(), ...databaseUse(), ...followersUse(), ...ownUse() };
}

function usageOf(servers) {
  return { server: servers.cpu(), ...databaseUse(), ...ownUse() };
}

/** Microseconds of CPU, by program. */
function perOperation(before, after, count) {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ((ms - before[name]) * 1000) / count]));
}

async function cleanUp(name) {
  await client.db(name).dropDatabase();
  const kafka = new Kafka({ brokers: addresses.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [name] });
  await admin.disconnect();
  const headers = { authorization: `Token ${addresses.INFLUXDB_TOKEN}` };
  const buckets = new URL('/api/v2/buckets', addresses.INFLUXDB_URL);
  // The history's dictionary is in a bucket beside that of the points.
  for (const bucket of [name, `${name}_gemel`]) {
    const found = await (await fetch(`${buckets}?${new URLSearchParams({ name: bucket })}`, { headers })).json();
    for (const { id } of found.buckets ?? []) await fetch(`${buckets}/${id}`, { method: 'DELETE', headers });
  }
}
