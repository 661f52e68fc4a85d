import { JobNotFound, JobTooLarge, JobsTooMany } from '@gemel/model/jobs';
import { openComposition } from '@gemel/testkit/composition';
import { MemoryRecords } from '@gemel/testkit/memory';
import { DEFAULT_JOB_LIMITS } from './index.js';
import type { JobLimits } from './index.js';

const HOUR_MS = 3_600_000;
const what = { mode: 'create', dryRun: false } as const;

async function open(limits: Partial<JobLimits>) {
  const app = await openComposition();
  let now = 0;
  const clock = { now: () => now };
  const jobs = app.openJobs(new MemoryRecords(), { clock, limits: { ...DEFAULT_JOB_LIMITS, ...limits } });
  const create = () => jobs.imports.create(what, app.owner);
  const take = (id: string, lines: readonly string[]) =>
    jobs.imports.take(id, { from: 1, isAll: true }, piecesOf(lines), app.owner);
  const work = async () => {
    while (await jobs.worker.next(() => true));
  };
  const pass = (ms: number) => (now += ms);
  return { create, take, work, pass, get: (id: string) => jobs.imports.get(id, app.owner), ...jobs, app };
}

async function* piecesOf(lines: readonly string[]): AsyncIterable<string> {
  for (const line of lines) yield `${line}\n`;
}

describe('limits of jobs', () => {
  it('bound how many have not ended', async () => {
    const { create } = await open({ maxOpen: 2 });
    await create();
    await create();
    await expect(create()).rejects.toThrow(JobsTooMany);
  });

  it('bound a line, and all lines of a job; what came before is kept', async () => {
    const { create, take, get } = await open({ maxLineCharacters: 20, maxCharacters: 30 });
    const { id } = await create();
    await expect(take(id, ['x'.repeat(10), 'y'.repeat(21)])).rejects.toThrow(JobTooLarge);
    expect(await get(id)).toMatchObject({ state: 'receiving' });
    const other = await create();
    await expect(take(other.id, ['x'.repeat(16), 'y'.repeat(16)])).rejects.toThrow(JobTooLarge);
  });

  it('bound the errors that are kept, not those that are counted', async () => {
    const { create, take, work, get, imports, app } = await open({ maxErrors: 2 });
    const { id } = await create();
    await take(id, ['no json', 'none either', '{}', '[]']);
    await work();
    expect(await get(id)).toMatchObject({ state: 'done', counts: { failed: 4 } });
    let kept = 0;
    for await (const portion of await imports.errors(id, app.owner)) kept += portion.length;
    expect(kept).toBe(2);
  });

  it('bound how long a job is remembered, and waits for its lines', async () => {
    const { create, take, work, pass, get } = await open({ rememberedMs: 2 * HOUR_MS, awaitedMs: HOUR_MS });
    const [ended, awaited] = [await create(), await create()];
    await take(ended.id, []);
    await work();
    pass(HOUR_MS + 1);
    await work();
    await expect(get(awaited.id)).rejects.toThrow(JobNotFound);
    expect(await get(ended.id)).toMatchObject({ state: 'done' });
    pass(HOUR_MS);
    await work();
    await expect(get(ended.id)).rejects.toThrow(JobNotFound);
  });
});
