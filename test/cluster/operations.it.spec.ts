import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';

const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
const THINGS = ['gateway', 'policies', 'search', 'things'];
const METRICS = {
  lamps_on: {
    namespaces: ['counted'],
    filter: 'eq(attributes/on,true)',
    groupBy: { room: 'attributes/room' },
    tags: { room: "{{ group-by:room | fn:default('nowhere') }}" },
    scrapeInterval: '1s',
  },
};

let cluster: StartedCluster;

beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, environment: { GEMEL_OPERATOR_METRICS: JSON.stringify(METRICS) } });
}, 300_000);
afterAll(() => cluster.stop());

const ask = async (replica: number, method: string, path: string, body?: unknown) =>
  call(cluster.at('things', replica), method, path, body, operator);
/** Service → names of its instances. */
const instances = (body: unknown): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(body as object).map(([service, each]) => [service, Object.keys(each as object)]));

describe('operations in a cluster', () => {
  it('show and change the log levels of all processes, whichever is asked', async () => {
    const { body } = await eventually(
      () => ask(0, 'GET', '/devops/logging'),
      ({ body: shown }) => instances(shown)['connectivity']?.length === 2 && instances(shown)['things']?.length === 2,
      60_000,
    );
    for (const service of THINGS) expect(instances(body)[service]).toHaveLength(2);
    const level = { logger: 'org.eclipse.ditto', level: 'warn' };
    const changed = await ask(0, 'PUT', '/devops/logging', level);
    expect(instances(changed.body)).toMatchObject({ things: { length: 2 }, connectivity: { length: 2 } });
    const shown = await ask(1, 'GET', '/devops/logging/connectivity');
    for (const each of Object.values(shown.body as object))
      expect(each).toMatchObject({ loggerConfigs: expect.arrayContaining([level]) as object });
    await ask(1, 'PUT', '/devops/logging', { ...level, level: 'info' });
  });

  it('show the settings of one process through another', async () => {
    const { body: shown } = await ask(0, 'GET', '/devops/logging/things');
    const names = Object.keys(shown as object);
    expect(names).toHaveLength(2);
    for (const name of names) {
      const { body } = await ask(0, 'GET', `/devops/config/things/${name}?path=ditto.info.service`);
      expect(body).toMatchObject({ config: { name: 'things', 'instance-id': name } });
    }
    expect(await ask(0, 'GET', '/devops/config/things/nobody')).toMatchObject({ status: 408, body: null });
  });

  it('erase a namespace for all of them', async () => {
    const piggyback = (name: string) =>
      ask(0, 'POST', '/devops/piggyback', {
        targetActorSelection: '/system/distributedPubSubMediator',
        headers: { aggregate: false },
        piggybackCommand: { type: `namespaces.commands:${name}`, namespace: 'erased' },
      });
    const other = (method: string, body?: unknown) =>
      call(cluster.at('things', 1), method, '/api/2/things/erased:a', body);
    expect((await other('PUT', {})).status).toBe(201);
    expect((await piggyback('blockNamespace')).status).toBe(200);
    expect(await other('GET')).toMatchObject({ status: 409, body: { error: 'namespace.blocked' } });
    expect((await other('PUT', {})).status).toBe(409);
    expect((await piggyback('purgeNamespace')).status).toBe(200);
    expect((await piggyback('unblockNamespace')).status).toBe(200);
    await eventually(
      () => other('GET'),
      ({ status }) => status === 404,
      30_000,
    );
    expect((await other('PUT', {})).status).toBe(201);
  });
});

describe('Operations: /overall/status of a cluster', () => {
  it('shows every process, whichever is asked', async () => {
    for (const http of [...cluster.urls('things'), ...cluster.urls('ingest')]) {
      const shown = (path: string) => call({ http }, 'GET', path, undefined, operator);
      const { body } = await eventually(
        () => shown('/overall/status'),
        (answer) =>
          instancesIn(answer.body, 'extended-api').length === 2 &&
          instancesIn(answer.body, 'connectivity').length === 2,
      );
      expect(instancesIn(body, 'things')).toHaveLength(2);
      // What others said of themselves while they started is told until they say something else.
      const health = await eventually(
        () => shown('/overall/status/health'),
        ({ status }) => status === 200,
      );
      expect(health).toMatchObject({ status: 200, body: { label: 'roles', status: 'UP' } });
    }
  }, 180_000);
});

describe('operator metrics of a cluster', () => {
  /** Lines of `lamps_on` on the pages of both replicas, by replica. */
  const shown = async () =>
    Promise.all(
      [0, 1].map(async (replica) => {
        const { body } = await call(cluster.at('things', replica), 'GET', '/metrics');
        return String(body)
          .split('\n')
          .filter((line) => line.startsWith('lamps_on'));
      }),
    );
  const put = async (name: string, attributes: object) =>
    call(cluster.at('things', 0), 'PUT', `/api/2/things/counted:${name}`, { attributes });

  it('are counted and shown by one replica, and by the other one when that ends', async () => {
    for (const name of ['a', 'b']) await put(name, { on: true, room: 'hall' });
    await put('c', { on: true });
    await put('d', { on: false });
    const both = ['lamps_on{room="hall"} 2', 'lamps_on{room="nowhere"} 1'];
    const isRight = (pages: readonly (readonly string[])[]) =>
      JSON.stringify(pages.flat().toSorted()) === JSON.stringify(both);
    const pages = await eventually(shown, isRight, 60_000);
    const holder = pages.findIndex((lines) => lines.length > 0);
    expect(pages.filter((lines) => lines.length > 0)).toHaveLength(1);
    await cluster.terminate('things', holder);
    await cluster.restart('things', holder);
    await put('c', { on: false });
    const after = await eventually(
      shown,
      (now) => JSON.stringify(now.flat()) === JSON.stringify(['lamps_on{room="hall"} 2']),
      60_000,
    );
    expect(after[holder]).toEqual([]);
  }, 300_000);
});

function instancesIn(status: unknown, role: string): readonly string[] {
  const { roles = {} } = status as { readonly roles?: Readonly<Record<string, object>> };
  return Object.keys(roles[role] ?? {});
}
