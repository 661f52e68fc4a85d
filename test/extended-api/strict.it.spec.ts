import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';

const ROUNDS = 20;

describe('a strict composition in a cluster of two replicas', () => {
  let cluster: StartedCluster;

  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 2,
      apps: ['things', 'extended-api'],
      environment: { GEMEL_COMPOSITION: 'strict' },
    });
  });
  afterAll(async () => {
    expect(new Set(Object.values(await cluster.stop()))).toEqual(new Set([0]));
  });

  const at = (replica: number, method: string, path: string, body?: unknown) =>
    call(cluster.at('things', replica), method, `/api/2/things/${path}`, body);
  const faults = async () => (await call(cluster.at('extended-api', 0), 'GET', '/api/2/integrity')).body;

  it('is broken by no two writers at the same time', async () => {
    const statuses: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b] = [`s:a${String(round)}`, `s:b${String(round)}`];
      for (const id of [a, b]) expect((await at(0, 'PUT', id, {})).status).toBe(201);
      const answers = await Promise.all([
        at(0, 'PUT', `${a}/attributes/_parents`, JSON.stringify(b)),
        at(1, 'PUT', `${b}/attributes/_parents`, JSON.stringify(a)),
      ]);
      statuses.push(
        answers
          .map(({ status }) => String(status))
          .toSorted()
          .join(' '),
      );
    }
    expect(new Set(statuses)).toEqual(new Set(['201 409']));
    expect(await faults()).toEqual({ checked: ROUNDS, things: [] });
  });

  it('loses no parent to a deletion at the same time', async () => {
    const statuses = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const [parent, child] = [`d:p${String(round)}`, `d:c${String(round)}`];
      for (const id of [parent, child]) expect((await at(1, 'PUT', id, {})).status).toBe(201);
      const [linked, deleted] = await Promise.all([
        at(0, 'PUT', `${child}/attributes/_parents`, JSON.stringify(parent)),
        at(1, 'DELETE', parent),
      ]);
      statuses.add(`${String(linked.status)} ${String(deleted.status)}`);
    }
    expect([...statuses].filter((pair) => !['201 409', '409 204'].includes(pair))).toEqual([]);
    expect(await faults()).toMatchObject({ things: [] });
  });

  it('names the refusal, and lets the extended API work as ever', async () => {
    await at(0, 'PUT', 'n:a', {});
    const refused = await at(1, 'PUT', 'n:a/attributes/_parents', '"n:none"');
    expect([refused.status, refused.body]).toEqual([
      409,
      expect.objectContaining({ status: 409, error: 'gemel:composition.parent.missing' }),
    ]);
    const extended = (method: string, path: string, body?: unknown) =>
      call(cluster.at('extended-api', 1), method, `/api/twins/${path}`, body);
    expect((await extended('PUT', 'n:a/children/n:b', { attributes: {} })).status).toBe(201);
    expect((await at(0, 'DELETE', 'n:a')).body).toMatchObject({ error: 'gemel:composition.children' });
    expect((await extended('DELETE', 'n:a')).status).toBe(204);
  });
});
