import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { CounterLoad } from '../support/counter-load.js';
import { FaultTable } from '../support/fault-table.js';
import { CHECKING, expectNoAlarm, expectSoundDatabase } from '../support/fsck.js';
import { LeaseLog } from '../support/lease-log.js';

const TAKEN_OVER_WITHIN_S = 10;

describe('a process that is killed', () => {
  let cluster: StartedCluster;
  let load: CounterLoad;
  let leases: LeaseLog;
  const table = new FaultTable('kill-9');

  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 2,
      apps: ['things', 'ingest'],
      environment: { GEMEL_LOG_LEVEL: 'info', ...CHECKING },
    });
    leases = new LeaseLog(cluster);
    load = await CounterLoad.prepare(cluster, process.env['MQTT_URL'] ?? '');
  });
  afterAll(async () => {
    table.finish(cluster.log());
    await load.close();
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0]);
    expectNoAlarm(cluster.log());
    await expectSoundDatabase(process.env['MONGODB_URL'] ?? '', cluster.names.database);
  });

  it.each([
    { app: 'things', lease: 'relay', which: 'holder' },
    { app: 'things', lease: 'relay', which: 'other' },
    { app: 'ingest', lease: 'connection:default-mqtt', which: 'holder' },
    { app: 'ingest', lease: 'connection:default-mqtt', which: 'other' },
    // And back again.
    { app: 'things', lease: 'relay', which: 'holder' },
    { app: 'ingest', lease: 'connection:default-mqtt', which: 'holder' },
  ] as const)(
    'by kill -9 under load: the $which of $lease, and nothing is lost or doubled',
    async ({ app, lease, which }) => {
      load.start();
      await load.flow(10);
      const holder = await leases.holder(lease);
      const victim = which === 'holder' ? holder.index : 1 - holder.index;
      const killed = Date.now();
      await cluster.kill(app, victim);
      const recovery = await load.recovery(killed);
      if (which === 'holder') {
        const next = await leases.holder(lease, holder.token + 1);
        expect(next.index).not.toBe(holder.index);
        expect((next.at - killed) / 1_000).toBeLessThan(TAKEN_OVER_WITHIN_S);
      }
      await cluster.restart(app, victim);
      await load.flow(10);
      await load.stop();
      const verdict = await load.verdict();
      table.add({ fault: `kill -9 of ${app}, the ${which} of ${lease}` }, verdict, recovery);
      expect(verdict).toMatchObject({ lost: 0, doubled: 0, findings: [] });
      expect(cluster.died()).toEqual([]);
    },
    120_000,
  );
});
