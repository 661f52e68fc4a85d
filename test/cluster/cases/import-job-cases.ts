import { randomUUID } from 'node:crypto';
import type { StartedCluster } from '../../support/cluster.js';
import { call } from '../../support/api.js';
import { jobUntil, plantLines, sendLines } from '../../support/import-jobs.js';

const TWINS = 4_000;

/** @param cluster of two replicas, asked when a test runs */
export function describeImportJobs(cluster: () => StartedCluster): void {
  const namespace = `imp${randomUUID().slice(0, 8)}`;
  const at = (replica: number) => cluster().at('extended-api', replica);

  it('go on with another replica when the one at work is killed, and do each line once', async () => {
    const { jobId } = await sendLines(at(0), 'import?job=true', plantLines(namespace, TWINS));
    let killed = 0;
    for (const created of [500, 2_500]) {
      await jobUntil(at(1), jobId, (job) => job.created >= created);
      // Whoever is at work: one of the two dies at work, the other one while it waits.
      await cluster().kill('extended-api', killed % 2);
      await cluster().restart('extended-api', killed % 2);
      killed += 1;
    }
    const done = await jobUntil(at(1), jobId, ({ state }) => state === 'done');
    expect(done).toMatchObject({ created: TWINS + 1, failed: 0 });
    const count = `/api/2/search/things/count?filter=like(thingId,"${namespace}:*")`;
    const { body } = await call(cluster().at('things', 0), 'GET', count);
    expect(body).toBe(TWINS);
  }, 240_000);
}
