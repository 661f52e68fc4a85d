import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openBreakableNetwork } from '@gemel/testkit/network';
import type { BreakableNetwork } from '@gemel/testkit/network';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { CounterLoad } from '../support/counter-load.js';
import { FaultTable } from '../support/fault-table.js';
import { expectSoundDatabase } from '../support/fsck.js';
import { startOwnServices } from '../support/own-services.js';
import type { OwnServices } from '../support/own-services.js';
import { mountSmallDisk } from '../support/small-disk.js';
import type { SmallDisk } from '../support/small-disk.js';

const ROOM_MB = 2_000;
/** Left on the disk when it is about to be full. */
const LEFT_MB = 3;
const FILLER_BYTES = 20_000;
const FULL_MS = 4_000;
const DELAY_MS = 500;
/** So many of each counter are written while it is slow. */
const SLOW_VALUES = 2;
const SILENT_MS = 20_000;
/** For an answer of MongoDB 15 seconds are waited. */
const ANSWERED_WITHIN_MS = 20_000;
const RECOVERED_WITHIN_S = 30;
const GROWN_AT_MOST_MB = 150;

describe('a MongoDB that is there, but not as it should be', () => {
  const table = new FaultTable('database');
  let services: OwnServices;
  let disk: SmallDisk;
  let network: BreakableNetwork;
  let cluster: StartedCluster;
  let load: CounterLoad;

  beforeAll(async () => {
    services = await startOwnServices(['mongodb']);
    await services.stop('mongodb');
    // Of PostgreSQL's files those that tables are in: it gives up altogether without room for its write-ahead log.
    disk = mountSmallDisk(join(services.folderOf('mongodb'), 'postgres/data/base'), ROOM_MB);
    await services.start('mongodb');
    const { hostname, port } = new URL(services.addresses['MONGODB_URL'] ?? '');
    network = await openBreakableNetwork(hostname, Number(port));
    cluster = await startCluster({
      replicas: 2,
      services: { MONGODB_URL: `mongodb://127.0.0.1:${String(network.port)}/?directConnection=true` },
      environment: { GEMEL_LOG_LEVEL: 'info' },
    });
    load = await CounterLoad.prepare(cluster, process.env['MQTT_URL'] ?? '');
  }, 300_000);
  afterEach(() => load.stop());
  afterAll(async () => {
    network.heal();
    table.finish(cluster.log());
    await load.close();
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0, 0, 0]);
    await expectSoundDatabase(services.addresses['MONGODB_URL'] ?? '', cluster.names.database);
    await network.close();
    await services.stop('mongodb');
    disk.unmount();
    await services.end();
  });

  /** Of the largest process, in megabytes. */
  async function memory(): Promise<number> {
    const urls = (['things', 'extended-api', 'ingest'] as const).flatMap((app) => cluster.urls(app));
    const pages = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    return Math.max(...pages.map((page) => Number(/^process_resident_memory_bytes (\S+)/m.exec(page)?.[1]) / 2 ** 20));
  }

  /** Under load: what it is like while the fault lasts, and that nothing is lost when it is over. */
  async function endure(fault: string, meanwhile: () => Promise<void>, end: () => void): Promise<void> {
    load.start();
    await load.flow(5);
    const before = await memory();
    const began = Date.now();
    await meanwhile();
    const ended = Date.now();
    expect((await memory()) - before).toBeLessThan(GROWN_AT_MOST_MB);
    end();
    const recovery = await load.recovery(ended);
    await load.flow(5);
    await load.stop();
    const verdict = await load.verdict();
    table.add({ fault: `mongodb ${fault}`, seconds: (ended - began) / 1_000 }, verdict, recovery);
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, findings: [] });
    expect([...load.answers(began, ended).keys()].filter((status) => status !== 204 && status !== 503)).toEqual([]);
    expect(load.slowest(began, Date.now())).toBeLessThan(ANSWERED_WITHIN_MS);
    expect(Math.max(...Object.values(recovery))).toBeLessThan(RECOVERED_WITHIN_S);
    expect(cluster.died()).toEqual([]);
  }

  it(
    'answers late: so do writes, and none is refused',
    () =>
      endure(
        'slow',
        async () => {
          const began = Date.now();
          network.delay(DELAY_MS);
          await load.flow(SLOW_VALUES);
          expect([...load.answers(began, Date.now()).keys()]).toEqual([204]);
        },
        () => network.heal(),
      ),
    90_000,
  );

  it(
    'answers nothing for a while: writes are refused when they have waited, and go on by themselves',
    () =>
      endure(
        'silent',
        async () => {
          const began = Date.now();
          network.stall();
          await pause(SILENT_MS);
          // Not one may have begun since: then those before it are answered first.
          const answers = () => Promise.resolve([...load.answers(began, Date.now()).keys()]);
          expect(await eventually(answers, ({ length }) => length > 0, ANSWERED_WITHIN_MS)).toEqual([503]);
        },
        () => network.heal(),
      ),
    90_000,
  );

  it(
    'has a full disk: writes are refused at once and told why, reads go on, and writes when there is room',
    () =>
      endure(
        'full',
        async () => {
          const things = cluster.at('things', 0);
          const path = '/api/2/things/full:thing';
          const put = () =>
            call(things, 'PUT', path, { attributes: { filler: randomBytes(FILLER_BYTES).toString('hex') } });
          expect((await put()).status).toBe(201);
          disk.resize(Math.ceil(disk.used()) + LEFT_MB);
          const refused = await eventually(put, ({ status }) => status !== 204, 60_000);
          expect(refused).toMatchObject({ status: 503, body: { error: 'gemel:store.unavailable' } });
          expect(refused.body).toMatchObject({
            message: expect.stringContaining('the disk of MongoDB is full') as string,
          });
          // One answer is given to all who ask within a second, and the processes ask each other.
          const ready = await eventually(
            () => call(things, 'GET', '/ready'),
            ({ body }) => JSON.stringify(body).startsWith('{"status":"DEGRADED"'),
            3_000,
          );
          const mongodb = { status: 'DEGRADED', required: true };
          expect(ready).toMatchObject({ status: 200, body: { parts: { mongodb } } });
          const began = Date.now();
          while (Date.now() < began + FULL_MS) {
            await put();
            expect((await call(things, 'GET', path)).status).toBe(200);
          }
          expect(load.slowest(began, Date.now())).toBeLessThan(FULL_MS);
          expect(cluster.log()).toContain(
            'the disk of MongoDB is full, so writes are refused until somebody makes room',
          );
        },
        () => disk.resize(ROOM_MB),
      ),
    150_000,
  );
});
