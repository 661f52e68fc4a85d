// One of the programs of `InProcess`: writes when it is told to by a message, and answers how much it wrote.
import { openClusterPorts, wireCore } from '../../../libs/wiring/dist/index.js';
import { THINGS, thingName } from './measured-cluster.mjs';

const ignore = () => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const CONTEXT = { subjects: ['nginx:ditto'], headers: { 'correlation-id': 'bench' } };
const PATH = ['features', 'velocity', 'properties', 'value'];

const { addresses, name, place, of } = JSON.parse(process.argv[2]);
const { MONGODB_URL, KAFKA_BROKERS, INFLUXDB_URL: url, INFLUXDB_TOKEN: token, INFLUXDB_ORG: org } = addresses;
const ports = await openClusterPorts({
  mongo: { url: MONGODB_URL, database: name },
  kafka: { brokers: KAFKA_BROKERS.split(','), topic: name },
  influx: { url, token, org, bucket: name },
  streams: false,
  replica: `bench-${place}`,
  cacheBytes: 100_000_000,
  log: SILENT,
});
const limits = { maxThingBytes: 102_400, maxPolicyBytes: 102_400 };
const { things } = wireCore(ports, limits, { metrics: { written: ignore }, logger: SILENT });
let next = 0;

process.on('message', async ({ clients, seconds }) => {
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const done = await Promise.all(Array.from({ length: clients }, () => writeUntil(end)));
  const count = done.reduce((sum, each) => sum + each, 0);
  process.send({ perSecond: (count * 1000) / (performance.now() - begun), done: count });
});
process.once('disconnect', () => void ports.close());
process.send('ready');

async function writeUntil(end) {
  let done = 0;
  for (; performance.now() < end; done += 1) {
    const index = next++;
    const thingId = thingName((index * of + place) % THINGS);
    await things.execute({ kind: 'modify', thingId, path: PATH, value: index }, CONTEXT);
  }
  return done;
}
