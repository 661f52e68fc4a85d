// `npm run start:cluster -- --replicas 2`: things, extended-api and ingest as processes of their own on MongoDB, Kafka,
// InfluxDB and an MQTT broker. One line of JSON on standard output when all are ready; everything else on standard error.
import { clusterArguments } from './cluster/arguments.mjs';
import { createCluster } from './cluster/cluster.mjs';
import { findServices } from './cluster/service-addresses.mjs';
import { setUp } from './setup/set-up.mjs';
import { stopWithNpm } from './setup/stop-with-npm.mjs';

const options = clusterArguments();
if (process.env.npm_lifecycle_event === 'start:cluster') stopWithNpm();

/** What ends with this process, the last started first. */
const started = [];
let ending;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (ending === undefined) void end(0);
    else endAtOnce();
  });
}

try {
  await setUp();
  const services = await findServices(process.env);
  started.push(services);
  if (ending === undefined) await start(services);
} catch (error) {
  // What was being started when it was asked to end could not be started.
  if (ending === undefined) say(error.message);
  await end(1);
}

async function start({ addresses }) {
  const cluster = await createCluster({
    ...options,
    addresses,
    environment: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
    died: ({ name }, how) => {
      say(`${name} ended with ${how}; the cluster stops`);
      void end(1);
    },
  });
  started.push(cluster);
  await cluster.start();
  process.stdout.write(`${JSON.stringify(summaryOf(cluster, addresses))}\n`);
}

function summaryOf(cluster, addresses) {
  const { database, topic, bucket } = options;
  return {
    things: cluster.urls('things'),
    extendedApi: cluster.urls('extended-api'),
    ingest: cluster.urls('ingest'),
    mqtt: addresses.MQTT_URL,
    influx: {
      url: addresses.INFLUXDB_URL,
      org: addresses.INFLUXDB_ORG,
      bucket,
      token: addresses.INFLUXDB_TOKEN,
    },
    database,
    topic,
    pids: {
      things: cluster.pids('things'),
      extendedApi: cluster.pids('extended-api'),
      ingest: cluster.pids('ingest'),
    },
  };
}

/** A second signal does not wait. */
function endAtOnce() {
  for (const part of started) part.killAll?.();
  say('stopped at once; services that it started are still up: npm run services -- status');
  process.exit(1);
}

/** Once, whoever asks: a signal, a process that died, a start that failed. */
function end(status) {
  ending ??= stopAll(status);
  return ending;
}

async function stopAll(status) {
  let worst = status;
  for (const part of started.toReversed()) {
    try {
      const statuses = (await part.stop()) ?? {};
      for (const [name, code] of Object.entries(statuses)) {
        if (code === 0) continue;
        say(`${name} stopped with status ${code}`);
        worst = 1;
      }
    } catch (error) {
      say(error.message);
      worst = 1;
    }
  }
  process.exit(worst);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
