import { JobLineUnexpected, JobStateWrong, JobsTooMany, isEnded } from '@gemel/model/jobs';
import type { ImportMode } from '@gemel/model/jobs';
import type { JsonObject } from '@gemel/model/json';
import type { Clock, IdSource } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { newImportJob } from './import-job.js';
import type { ImportJob } from './import-job.js';
import type { JobLimits } from './job-limits.js';
import type { JobShelf } from './job-shelf.js';
import type { MigrationWork } from './migration-run.js';
import { Upload } from './upload.js';

/** IDs begin with the time that is left until then, so that the newest job comes first. */
const END_OF_TIME = 0xffff_ffff_ffff;

export interface ImportRequest {
  readonly mode: ImportMode;
  readonly dryRun: boolean;
  /** What is done with twins that are there, instead of an import. */
  readonly work?: MigrationWork;
}

export interface JobPage {
  readonly jobs: readonly ImportJob[];
  /** The last job of the page, when there are more. */
  readonly next: string | undefined;
}

export interface ImportJobsParts {
  readonly shelf: JobShelf;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly limits: JobLimits;
}

/** Imports of any length: taken in line by line, done by whoever has the lease, watched by their owner. */
export class ImportJobs {
  constructor(private readonly parts: ImportJobsParts) {}

  /** A job without lines. @throws JobsTooMany */
  async create({ mode, dryRun, work }: ImportRequest, { subjects }: SignalContext): Promise<ImportJob> {
    const { shelf, clock, ids, limits } = this.parts;
    if ((await shelf.countOpen()) >= limits.maxOpen) throw new JobsTooMany(limits.maxOpen);
    const now = clock.now();
    const id = `${(END_OF_TIME - now).toString(16).padStart(12, '0')}-${ids.uuid()}`;
    return (await shelf.add(newImportJob(id, { mode, dryRun, subjects, ...(work && { work }) }, now))).job;
  }

  /**
   * Takes lines in; what was taken stays when the upload breaks.
   * @param from the number of the first line; that of the next one that the job expects
   * @throws JobNotFound, JobStateWrong, JobLineUnexpected, and what an upload throws
   */
  async take(
    id: string,
    { from, isAll }: { readonly from: number; readonly isAll: boolean },
    pieces: AsyncIterable<string>,
    { subjects }: SignalContext,
  ): Promise<ImportJob> {
    const { shelf } = this.parts;
    const found = await shelf.ownedBy(subjects[0], id);
    if (found.job.state === 'receiving' && from !== found.job.lines + 1)
      throw new JobLineUnexpected(from, found.job.lines + 1);
    const upload = await Upload.begin(this.parts, found);
    return (await upload.take(pieces, isAll)).job;
  }

  /** @throws JobNotFound */
  async get(id: string, { subjects }: SignalContext): Promise<ImportJob> {
    return (await this.parts.shelf.ownedBy(subjects[0], id)).job;
  }

  /** The caller's own, the newest first. */
  async list(
    { after, size }: { readonly after: string | undefined; readonly size: number },
    { subjects }: SignalContext,
  ): Promise<JobPage> {
    const jobs: ImportJob[] = [];
    for await (const { job } of this.parts.shelf.all(after)) {
      if (job.subjects[0] !== subjects[0]) continue;
      if (jobs.length === size) return { jobs, next: jobs.at(-1)?.id };
      jobs.push(job);
    }
    return { jobs, next: undefined };
  }

  /** Lines that could not be imported, portion by portion. @throws JobNotFound */
  async errors(id: string, { subjects }: SignalContext): Promise<AsyncGenerator<readonly JsonObject[]>> {
    const { job } = await this.parts.shelf.ownedBy(subjects[0], id);
    return this.parts.shelf.errors(job.id);
  }

  /** What is done stays done; the rest is left. @throws JobNotFound, JobStateWrong when it has ended */
  async cancel(id: string, { subjects }: SignalContext): Promise<ImportJob> {
    const { shelf, clock } = this.parts;
    const { job } = await shelf.ownedBy(subjects[0], id);
    const changed = await shelf.change(job.id, cancelled, clock.now());
    if (changed === undefined) throw new JobStateWrong(id, job.state, 'not ended');
    if (changed.job.state === 'cancelled') await shelf.clear(id, 'lines');
    return changed.job;
  }

  /** Forgets a job. @throws JobNotFound, JobStateWrong while it has not ended */
  async remove(id: string, { subjects }: SignalContext): Promise<void> {
    const { job } = await this.parts.shelf.ownedBy(subjects[0], id);
    if (!isEnded(job.state)) throw new JobStateWrong(id, job.state, 'ended');
    await this.parts.shelf.clear(id, 'all');
  }
}

/** One that is at work ends where it is: the worker says when. */
function cancelled(job: ImportJob): ImportJob | undefined {
  if (isEnded(job.state)) return undefined;
  return job.state === 'running' ? { ...job, isCancelling: true } : { ...job, state: 'cancelled' };
}
