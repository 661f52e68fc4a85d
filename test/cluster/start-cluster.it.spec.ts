import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { newClusterNames, removeClusterNames } from '../support/cluster-names.js';
import type { ClusterNames } from '../support/cluster-names.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { startClusterCommand } from '../support/start-cluster-command.js';

interface Summary {
  readonly things: readonly string[];
  readonly extendedApi: readonly string[];
  readonly ingest: readonly string[];
  readonly mqtt: string;
  readonly influx: Readonly<Record<string, string>>;
  readonly pids: Readonly<Record<string, readonly number[]>>;
}

/** Options that keep a test's cluster apart from others'. */
function optionsOf({ database, topic, bucket }: ClusterNames): readonly string[] {
  return ['--database', database, '--topic', topic, '--bucket', bucket];
}

async function isReady(http: string): Promise<boolean> {
  return (await fetch(new URL('/ready', http)).catch(() => undefined))?.status === 200;
}

describe('npm run start:cluster', () => {
  const names = newClusterNames();
  afterAll(() => removeClusterNames(names));

  it('prints one line when all are ready, and stops all on SIGTERM', async () => {
    const command = startClusterCommand(['--replicas', '2', ...optionsOf(names)]);
    const summary = JSON.parse(await command.first) as Summary;
    const urls = [...summary.things, ...summary.extendedApi, ...summary.ingest];
    expect([summary.things, summary.extendedApi, summary.ingest].map(({ length }) => length)).toEqual([2, 2, 2]);
    expect(new Set(urls).size).toBe(6);
    expect(await Promise.all(urls.map(isReady))).toEqual(urls.map(() => true));
    expect(summary.mqtt).toBe(process.env['MQTT_URL']);
    expect(summary.influx).toMatchObject({ url: process.env['INFLUXDB_URL'], org: process.env['INFLUXDB_ORG'] });

    command.signal('SIGTERM');
    expect(await command.exited).toBe(0);
    expect(await Promise.all(urls.map(isReady))).toEqual(urls.map(() => false));
    expect(command.lines).toHaveLength(1);
  });

  it('stops the others and says which it was when a process dies', async () => {
    const command = startClusterCommand(optionsOf(names));
    const summary = JSON.parse(await command.first) as Summary;
    const [pid = 0] = summary.pids['extendedApi'] ?? [];
    process.kill(pid, 'SIGKILL');
    expect(await command.exited).toBe(1);
    expect(command.log()).toContain('extended-api-0 ended with SIGKILL');
    expect(await Promise.all([...summary.things, ...summary.ingest].map(isReady))).toEqual([false, false]);
  });
});

describe('a cluster of two replicas', () => {
  let cluster: StartedCluster;

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2 });
  });
  afterAll(() => cluster.remove(), 60_000);
  it('has one truth: what one replica answered, the other one knows', async () => {
    const body = { attributes: { made: 'here' } };
    expect((await call(cluster.at('things', 0), 'PUT', '/api/2/things/test:shared', body)).status).toBe(201);
    const other = await call(cluster.at('things', 1), 'GET', '/api/2/things/test:shared/attributes');
    expect(other.body).toEqual({ made: 'here' });
    const type = { attributes: { name: 'Lamp' } };
    expect((await call(cluster.at('extended-api', 0), 'PUT', '/api/types/test:lamp', type)).status).toBeLessThan(300);
    expect((await call(cluster.at('extended-api', 1), 'GET', '/api/types/test:lamp')).status).toBe(200);
    expect((await call(cluster.at('things', 0), 'GET', '/api/2/things/test:lamp')).status).toBe(200);
  });

  it('goes on while a replica is dead, which finds everything when it is back', async () => {
    await cluster.kill('things', 0);
    const put = () => call(cluster.at('things', 1), 'PUT', '/api/2/things/test:meanwhile', { attributes: { n: 1 } });
    await eventually(put, ({ status }) => status < 300);
    await cluster.restart('things', 0);
    const found = await call(cluster.at('things', 0), 'GET', '/api/2/things/test:meanwhile/attributes/n');
    expect(found.body).toBe(1);
    expect(cluster.died()).toEqual([]);
  });

  it('shows its numbers and the state of its services', async () => {
    for (const app of ['things', 'extended-api', 'ingest'] as const) {
      const ready = await call(cluster.at(app, 0), 'GET', '/ready');
      expect(ready.body).toMatchObject({ status: 'UP', parts: { mongodb: { status: 'UP', required: true } } });
      const metrics = await call(cluster.at(app, 0), 'GET', '/metrics');
      expect(metrics.body).toContain('process_cpu_seconds_total');
    }
  });

  it('ends in good order', async () => {
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
