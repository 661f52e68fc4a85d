import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { CounterLoad } from '../support/counter-load.js';
import { LeaseLog } from '../support/lease-log.js';

/** A lease that is given back is taken at the next look; one that is not takes more than six seconds. */
const GIVEN_BACK_WITHIN_MS = 5_000;

describe('a replica that is asked to end under load', () => {
  let cluster: StartedCluster;
  let load: CounterLoad;
  let leases: LeaseLog;

  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 2,
      apps: ['things', 'ingest'],
      environment: { GEMEL_LOG_LEVEL: 'info' },
    });
    leases = new LeaseLog(cluster);
    load = await CounterLoad.prepare(cluster, process.env['MQTT_URL'] ?? '');
  });
  afterAll(async () => {
    await load.close();
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0]);
  });

  it.each([
    { app: 'things', lease: 'relay' },
    { app: 'ingest', lease: 'connection:default-mqtt' },
  ] as const)(
    'answers what it has accepted, does nothing twice, and gives its leases back: $app',
    async ({ app, lease }) => {
      load.start();
      await load.flow(10);
      const holder = await leases.holder(lease);
      const asked = Date.now();
      expect(await cluster.terminate(app, holder.index)).toBe(0);
      const next = await leases.holder(lease, holder.token + 1);
      expect(next.index).not.toBe(holder.index);
      expect(next.at - asked).toBeLessThan(GIVEN_BACK_WITHIN_MS);
      await load.flow(10);
      await load.stop();
      const refused = [...load.answers(0, Date.now()).keys()].filter((status) => status !== undefined && status >= 300);
      expect(refused).toEqual([]);
      expect(await load.verdict()).toMatchObject({ lost: 0, doubled: 0, repeated: 0 });
      await cluster.restart(app, holder.index);
    },
    120_000,
  );
});
