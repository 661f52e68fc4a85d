import { exportLines, jobAt, jobUntil, plantLines, sendLines } from '../support/import-jobs.js';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const TWINS = 10_000;
const CUTS = [500, 3_000, 7_000];

describe('import jobs of one process', () => {
  it(
    'do each of 10,000 lines once, whenever the power is cut, and give back what they took',
    () =>
      withFolder(async (folder) => {
        const lines = plantLines('long', TWINS);
        let solo = await startSolo(folder);
        const { jobId, nextLine = 0 } = await sendLines(solo, 'import?job=true&more=true', lines.slice(0, 4_000));
        expect(nextLine).toBe(4_001);
        solo = await cut(solo, folder);
        expect(await jobAt(solo, jobId)).toMatchObject({ state: 'receiving', nextLine });
        await sendLines(solo, `jobs/${jobId}/lines?from=${String(nextLine)}`, lines.slice(nextLine - 1));
        for (const created of CUTS) {
          const { state } = await jobUntil(solo, jobId, (job) => job.created >= created);
          expect(state).toBe('running');
          solo = await cut(solo, folder);
        }
        const done = await jobUntil(solo, jobId, ({ state }) => state === 'done');
        expect(done).toMatchObject({ created: TWINS + 1, failed: 0 });
        const exported = await exportLines(solo);
        expect(exported).toHaveLength(TWINS + 1);

        await withFolder(async (other) => {
          const copy = await startSolo(other);
          const { jobId: again } = await sendLines(copy, 'import?job=true', exported.toReversed());
          const copied = await jobUntil(copy, again, ({ state }) => state === 'done');
          expect(copied).toMatchObject({ created: TWINS + 1, failed: 0 });
          expect(await exportLines(copy)).toEqual(exported);
          expect(await copy.stop()).toBe(0);
        });
        expect(await solo.stop()).toBe(0);
      }),
    240_000,
  );
});

async function cut(solo: Solo, folder: string): Promise<Solo> {
  await solo.kill();
  return startSolo(folder);
}
