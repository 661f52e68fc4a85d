import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { TWINS_OF_INSTANCE, createPlantTypes, instantiate, twinsByInstance } from '../../support/instances.js';
import { call } from '../../support/api.js';
import type { StartedCluster } from '../../support/cluster.js';

const INSTANCES = 200;
const CUTS = [10, 60, 110];
const MOVES = 100;
const MOVED = 10;
/** A process that starts on a busy machine may take as long. */
const RESTARTED_WITHIN_MS = 45_000;

/** @param cluster of two replicas, asked when a test runs */
export function describeCompositions(cluster: () => StartedCluster): void {
  const namespace = `comp${randomUUID().slice(0, 8)}`;
  const at = (replica: number) => cluster().at('extended-api', replica);

  beforeAll(() => createPlantTypes(cluster().at('things', 0), namespace));

  it('have no half tree after kill -9 amid 200 instantiations', async () => {
    const confirmed = new Set<string>();
    const making = Promise.all([0, 1].map((replica) => makeHalf(replica, confirmed)));
    for (const cut of CUTS) {
      await eventually(
        () => Promise.resolve(confirmed.size),
        (count) => count >= cut,
        RESTARTED_WITHIN_MS,
      );
      await cluster().kill('extended-api', 0);
      await cluster().restart('extended-api', 0);
    }
    await making;

    const found = await twinsByInstance(at(1), namespace, 'i');
    expect(new Set(found.values())).toEqual(new Set([TWINS_OF_INSTANCE]));
    expect([...found.keys()]).toEqual(expect.arrayContaining([...confirmed]));
    expect(confirmed.size).toBeGreaterThan(CUTS.at(-1) ?? 0);
  }, 300_000);

  it('never make a cycle or a second parent by 100 moves at once', async () => {
    const ids = Array.from({ length: MOVED }, (_, index) => `${namespace}:m${String(index)}`);
    for (const id of ids) {
      const thing = { policyId: `${namespace}:policy` };
      expect((await call(cluster().at('things', 0), 'PUT', `/api/2/things/${id}`, thing)).status).toBe(201);
    }
    const answers = await Promise.all(
      Array.from({ length: MOVES }, (_, index) => {
        const [id, parent] = [ids[index % MOVED], ids[(index * 7 + Math.floor(index / MOVED)) % MOVED]];
        return call(at(index % 2), 'POST', `/api/2/twins/${id ?? ''}/move`, { parent });
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    // Who is in a cycle is not below any root.
    const roots = await call(
      at(0),
      'GET',
      `/api/2/twins?roots=true&fields=thingId&filter=like(thingId,"${namespace}:m*")`,
    );
    const { items } = roots.body as { items: readonly { thingId: string }[] };
    const below = await Promise.all(
      items.map(({ thingId }) => call(at(1), 'GET', `/api/2/twins/${thingId}/descendants?fields=thingId`)),
    );
    const reached = below.flatMap(({ body }) => (body as { items: readonly { thingId: string }[] }).items);
    expect([...items, ...reached].map(({ thingId }) => thingId).toSorted()).toEqual(ids.toSorted());
  });

  async function makeHalf(replica: number, confirmed: Set<string>): Promise<void> {
    for (let index = replica; index < INSTANCES; index += 2) {
      const name = `i${String(index)}`;
      const answer = await instantiate(at(replica), namespace, name);
      if (answer?.status === 201) confirmed.add(name);
      // A replica that is away refuses at once.
      if (answer === undefined) await eventually(() => isThere(replica), Boolean, RESTARTED_WITHIN_MS);
    }
  }

  async function isThere(replica: number): Promise<boolean> {
    const answer = await call(at(replica), 'GET', '/health').catch(() => undefined);
    return answer?.status === 200;
  }
}
