// The use case of writing a thing on the cluster's ports, in this process: what is left when HTTP is taken away.
import { openClusterPorts, wireCore } from '../../../libs/wiring/dist/index.js';
import { THINGS, thingName } from './measured-cluster.mjs';

const ignore = () => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const CONTEXT = { subjects: ['nginx:ditto'], headers: { 'correlation-id': 'bench' } };
const PATH = ['features', 'velocity', 'properties', 'value'];

/** A replica without a server; another one relays and indexes what it writes. */
export class InProcess {
  #ports;
  #things;
  #next = 0;

  /** @param name of database, topic and bucket */
  static async open({ addresses, name }) {
    const opened = new InProcess();
    const { MONGODB_URL, KAFKA_BROKERS, INFLUXDB_URL: url, INFLUXDB_TOKEN: token, INFLUXDB_ORG: org } = addresses;
    opened.#ports = await openClusterPorts({
      mongo: { url: MONGODB_URL, database: name },
      kafka: { brokers: KAFKA_BROKERS.split(','), topic: name },
      influx: { url, token, org, bucket: name },
      streams: false,
      replica: 'bench',
      cacheBytes: 100_000_000,
      log: SILENT,
    });
    const limits = { maxThingBytes: 102_400, maxPolicyBytes: 102_400 };
    const watchers = { metrics: { written: ignore }, logger: SILENT };
    opened.#things = wireCore(opened.#ports, limits, watchers).things;
    return opened;
  }

  /** Writes per second of a property, rights checked, each answered when it is durable. */
  async write({ clients, seconds }) {
    const begun = performance.now();
    const end = begun + seconds * 1000;
    const done = await Promise.all(Array.from({ length: clients }, () => this.#writeUntil(end)));
    const count = done.reduce((sum, each) => sum + each, 0);
    return { perSecond: (count * 1000) / (performance.now() - begun), done: count };
  }

  close() {
    return this.#ports.close();
  }

  async #writeUntil(end) {
    let done = 0;
    for (; performance.now() < end; done += 1) {
      const index = this.#next++;
      const command = { kind: 'modify', thingId: thingName(index % THINGS), path: PATH, value: index };
      await this.#things.execute(command, CONTEXT);
    }
    return done;
  }
}
