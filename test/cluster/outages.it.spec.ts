import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { CounterLoad } from '../support/counter-load.js';
import { FaultTable } from '../support/fault-table.js';
import { CHECKING, expectNoAlarm, expectSoundDatabase } from '../support/fsck.js';
import { startOwnServices } from '../support/own-services.js';
import type { OwnServices, ServiceName } from '../support/own-services.js';

const OUTAGE_MS = 30_000;
const RECOVERED_WITHIN_S = 30;
/** For MongoDB two seconds are waited, by the commit that is under way and then by those behind it. */
const ANSWERED_WITHIN_MS = 10_000;

interface Outage {
  readonly service: ServiceName;
  /** What those are answered who write over HTTP meanwhile. */
  readonly answers: readonly (number | undefined)[];
  /** What `/ready` of each process is answered meanwhile. */
  readonly ready: number;
}

describe('a service that is away for 30 s under load', () => {
  let services: OwnServices;
  let cluster: StartedCluster;
  let load: CounterLoad;
  const table = new FaultTable('outages');

  beforeAll(async () => {
    services = await startOwnServices();
    cluster = await startCluster({
      replicas: 2,
      services: services.addresses,
      environment: { GEMEL_LOG_LEVEL: 'info', ...CHECKING },
    });
    load = await CounterLoad.prepare(cluster, services.addresses['MQTT_URL'] ?? '');
  }, 300_000);
  afterEach(() => load.stop());
  afterAll(async () => {
    table.finish(cluster.log());
    await load.close();
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0, 0, 0]);
    expectNoAlarm(cluster.log());
    await expectSoundDatabase(services.addresses['MONGODB_URL'] ?? '', cluster.names.database);
    await services.end();
  });

  const statuses = async (path: string): Promise<readonly number[]> => {
    const urls = (['things', 'extended-api', 'ingest'] as const).flatMap((app) => cluster.urls(app));
    return Promise.all(urls.map(async (http) => (await call({ http }, 'GET', path)).status));
  };

  it.each<Outage>([
    { service: 'kafka', answers: [204], ready: 200 },
    { service: 'influxdb', answers: [204], ready: 200 },
    { service: 'mosquitto', answers: [204], ready: 200 },
    { service: 'mongodb', answers: [503], ready: 503 },
  ])(
    'costs nothing that was confirmed when it is $service, and writes are answered $answers meanwhile',
    async ({ service, answers, ready }) => {
      load.start();
      await load.flow(10);
      await services.stop(service);
      const began = Date.now();
      await pause(OUTAGE_MS);
      const readiness = await statuses('/ready');
      const alive = await statuses('/alive');
      const ended = Date.now();
      await services.start(service);
      const up = Date.now();
      const recovery = await load.recovery(up);
      await load.flow(10);
      await load.stop();
      const verdict = await load.verdict();
      table.add({ fault: `${service} away`, seconds: (up - began) / 1_000 }, verdict, recovery);
      expect(verdict).toMatchObject({ lost: 0, doubled: 0, findings: [] });
      // What was under way when it stopped may have succeeded yet.
      const others = [...load.answers(began, ended).keys()].filter((status) => status !== 204);
      expect(others).toEqual(answers.filter((status) => status !== 204));
      expect(load.slowest(began, ended)).toBeLessThan(ANSWERED_WITHIN_MS);
      expect([...new Set(readiness)]).toEqual([ready]);
      expect([...new Set(alive)]).toEqual([200]);
      expect(Math.max(...Object.values(recovery))).toBeLessThan(RECOVERED_WITHIN_S);
      expect(cluster.died()).toEqual([]);
    },
    240_000,
  );
});
