import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../../support/api.js';
import type { StartedCluster } from '../../support/cluster.js';

const TREES = 60;
const WHEELS = [1, 2, 3, 4];

/** @param cluster of two replicas, asked when a test runs */
export function describeTrees(cluster: () => StartedCluster): void {
  const namespace = `trees${randomUUID().slice(0, 8)}`;

  beforeAll(async () => {
    const type = (path: string, body?: unknown) =>
      call(cluster().at('extended-api', 0), 'PUT', `/api/types/${namespace}:${path}`, body);
    expect((await type('car', { attributes: { name: 'Car' } })).status).toBe(201);
    const wheel = { attributes: { name: 'Wheel' } };
    expect((await type(`car/children/${namespace}:wheel/4`, wheel)).status).toBeLessThan(300);
  });

  /** Statuses by tree; undefined when there was no answer. */
  async function makeTrees(prefix: string, answers: (number | undefined)[]): Promise<void> {
    for (let tree = 0; tree < TREES; tree++) {
      const replica = cluster().at('extended-api', tree % 2);
      const path = `/api/types/${namespace}:car/create/${namespace}:${prefix}${tree}`;
      const answer = await call(replica, 'POST', path).catch(() => undefined);
      answers.push(answer?.status);
    }
  }

  async function partsOf(tree: string): Promise<number> {
    const ids = [tree, ...WHEELS.map((wheel) => `${tree}:wheel_${wheel}`)];
    const found = await Promise.all(
      ids.map((id) => call(cluster().at('things', 0), 'GET', `/api/2/things/${namespace}:${id}`)),
    );
    return found.filter(({ status }) => status === 200).length;
  }

  it.each([
    { how: 'kill -9', prefix: 'killed', end: () => cluster().kill('extended-api', 0) },
    { how: 'SIGTERM', prefix: 'ended', end: async () => expect(await cluster().terminate('extended-api', 0)).toBe(0) },
  ])(
    'leaves every tree whole or not begun, and those whole that were answered: $how',
    async ({ prefix, end }) => {
      const answers: (number | undefined)[] = [];
      const made = () => answers.filter((status) => status === 200).length;
      const making = makeTrees(prefix, answers);
      await eventually(
        () => Promise.resolve(made()),
        (count) => count >= 10,
      );
      await end();
      await cluster().restart('extended-api', 0);
      await making;
      expect(answers.filter((status) => status !== undefined && status !== 200)).toEqual([]);
      expect(made()).toBeGreaterThanOrEqual(TREES / 2);
      for (const [tree, status] of answers.entries()) {
        const parts = await partsOf(`${prefix}${tree}`);
        expect(status === 200 ? [5] : [0, 5]).toContain(parts);
      }
    },
    120_000,
  );
}
