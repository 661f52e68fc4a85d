import { GemelError } from '@gemel/model/errors';
import { addCounts, afterPortion, isEnded, nextPlace } from '@gemel/model/jobs';
import type { ImportPlace, PortionOutcome } from '@gemel/model/jobs';
import type { Clock, Logger, Meter, Timers } from '../ports/index.js';
import type { ImportJob } from './import-job.js';
import { KnownIds } from './known-ids.js';
import type { JobLimits } from './job-limits.js';
import type { JobShelf, ShelvedJob } from './job-shelf.js';
import type { PortionImport } from './portion-import.js';
import { readLines } from './portion.js';
import type { WorkBell } from './work-bell.js';

/** As callers see what the log tells wholly. */
const FAULT = {
  status: 500,
  error: 'gateway:internalerror',
  message: 'A fault of the server ended the job; what it has done stays.',
};

export interface ImportWorkerParts {
  readonly shelf: JobShelf;
  readonly bell: WorkBell;
  readonly portions: PortionImport;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Pick<JobLimits, 'rememberedMs' | 'awaitedMs'>;
}

/**
 * Does imports, the oldest first, portion by portion. After each portion the job knows how far it is; whoever goes on after
 * a crash begins there, and does not do twice what was committed.
 */
export class ImportWorker {
  readonly #lines = { created: 0, changed: 0, unchanged: 0, failed: 0 };
  #known: { readonly id: string; readonly ids: KnownIds } | undefined;

  constructor(private readonly parts: ImportWorkerParts) {}

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_import_lines_total',
        help: 'Lines that import jobs have dealt with, by what became of them.',
        kind: 'counter',
        labels: ['outcome'],
        read: () => Object.entries(this.#lines).map(([outcome, value]) => ({ labels: { outcome }, value })),
      },
    ];
  }

  /**
   * Works on one job until it ends.
   * @param goesOn asked before each portion
   * @returns whether there was one
   */
  async next(goesOn: () => boolean): Promise<boolean> {
    const id = await this.#oldest();
    if (id === undefined) return false;
    for (let current = await this.parts.shelf.find(id); current !== undefined && goesOn();) {
      if (isEnded(current.job.state)) return true;
      // Changed by somebody else, above all cancelled: it is looked at again.
      current = (await this.#stepOrFail(current)) ?? (await this.parts.shelf.find(id));
    }
    return true;
  }

  /** When there was none: until a job is there to be done in this process, or for so many milliseconds. */
  rest(ms: number, timers: Timers, stopped: AbortSignal): Promise<void> {
    return this.parts.bell.rest(ms, timers, stopped);
  }

  /** Forgets what is too old on the way. */
  async #oldest(): Promise<string | undefined> {
    const { shelf, clock, limits } = this.parts;
    const now = clock.now();
    let oldest: string | undefined;
    for await (const { job } of shelf.all()) {
      const age = now - job.updatedAt;
      if (isEnded(job.state) ? age > limits.rememberedMs : job.state === 'receiving' && age > limits.awaitedMs)
        await shelf.clear(job.id, 'all');
      else if (job.state === 'waiting' || job.state === 'running') oldest = job.id;
    }
    return oldest;
  }

  /** What is no refusal is a fault of ours: it would be met again and again, and hold up all other jobs. */
  async #stepOrFail(current: ShelvedJob): Promise<ShelvedJob | undefined> {
    try {
      return await this.#step(current);
    } catch (error) {
      if (error instanceof GemelError) throw error;
      const { shelf, clock, log } = this.parts;
      log.error({ error, job: current.job.id }, 'an import has failed');
      return shelf.change(current.job.id, (job) => ({ ...job, state: 'failed', error: FAULT }), clock.now());
    }
  }

  /** The job after one portion; undefined when somebody else has changed it. */
  async #step({ job, revision }: ShelvedJob): Promise<ShelvedJob | undefined> {
    const { shelf, clock, log } = this.parts;
    const place = nextPlace(skipping(job), job.parts);
    if (job.isCancelling || place === undefined) {
      const { intent: _, ...rest } = job;
      const ended = await shelf.replace(
        { job: { ...rest, state: job.isCancelling ? 'cancelled' : 'done' }, revision },
        clock.now(),
      );
      if (ended === undefined) return undefined;
      log.info({ job: job.id, state: ended.job.state, ...job.counts }, 'an import has ended');
      this.#known = undefined;
      await shelf.clear(job.id, 'lines');
      return ended;
    }
    return this.#portion({ job: { ...job, state: 'running', place }, revision }, place);
  }

  async #portion(current: ShelvedJob, place: ImportPlace): Promise<ShelvedJob | undefined> {
    const { portions, shelf, clock } = this.parts;
    const { job } = current;
    const known =
      job.dryRun && place.phase !== 'check' && job.work === undefined ? await this.#knownOf(job) : undefined;
    const done = await portions.run(current, known);
    if (done === undefined) return undefined;
    const { intent: _, ...rest } = done.shelved.job;
    const next: ImportJob = {
      ...rest,
      place: afterPortion(place, done.outcome),
      counts: addCounts(job.counts, done.outcome.counts),
      errors: job.errors + done.keptErrors,
      kinds: done.kinds,
    };
    const replaced = await shelf.replace({ job: next, revision: done.shelved.revision }, clock.now());
    if (replaced !== undefined) this.#count(done.outcome);
    return replaced;
  }

  #count({ counts }: PortionOutcome): void {
    for (const outcome of ['created', 'changed', 'unchanged', 'failed'] as const)
      this.#lines[outcome] += counts[outcome] ?? 0;
  }

  async #knownOf(job: ImportJob): Promise<KnownIds> {
    if (this.#known?.id === job.id) return this.#known.ids;
    const ids = new KnownIds();
    for (let part = 0; part < job.parts; part++) {
      const { first, lines } = await this.parts.shelf.lines(job.id, part);
      ids.add(readLines(first, lines));
    }
    this.#known = { id: job.id, ids };
    return ids;
  }
}

/** The place of a job, at the end of a phase for which there are no lines. */
function skipping({ place, kinds, parts, work }: ImportJob): ImportPlace {
  if (work !== undefined) return place;
  let at = place;
  for (;;) {
    const next = nextPlace(at, parts);
    if (next === undefined || next.phase === 'check' || next.pass > 0 || next.part > 0) return at;
    if (kinds[next.phase] > 0) return next;
    at = { ...next, part: parts };
  }
}
