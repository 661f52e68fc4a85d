import { GemelError } from '@gemel/model/errors';
import { JobBusy, JobStateWrong, JobTooLarge, JobUploadBroken, LineSplitter } from '@gemel/model/jobs';
import type { Clock } from '../ports/index.js';
import type { JobLimits } from './job-limits.js';
import type { JobShelf, ShelvedJob } from './job-shelf.js';

/** Of one portion, which is one record and one commit. */
const MAX_LINES = 500;
const MAX_CHARACTERS = 400_000;

export interface UploadParts {
  readonly shelf: JobShelf;
  readonly clock: Clock;
  readonly limits: Pick<JobLimits, 'maxLineCharacters' | 'maxCharacters'>;
}

/** Takes the lines of a job in, portion by portion, so that what came is not lost when the rest does not. */
export class Upload {
  #lines: string[] = [];
  #characters = 0;

  private constructor(
    private readonly parts: UploadParts,
    private shelved: ShelvedJob,
  ) {}

  /** Ends every upload that is under way. @throws JobStateWrong, JobBusy */
  static async begin(parts: UploadParts, { job, revision }: ShelvedJob): Promise<Upload> {
    if (job.state !== 'receiving') throw new JobStateWrong(job.id, job.state, 'receiving');
    const { shelf, clock } = parts;
    const claimed = await shelf.replace({ job: { ...job, upload: job.upload + 1 }, revision }, clock.now());
    if (claimed === undefined) throw new JobBusy(job.id);
    // Of an upload that ended between a portion and its entry in the job.
    await shelf.removeLines(job.id, job.parts);
    return new Upload(parts, claimed);
  }

  /**
   * Reads as fast as the store takes it.
   * @param isAll whether the job has all of its lines afterwards
   * @throws JobUploadBroken, JobTooLarge, JobBusy; what came in whole lines before is kept
   */
  async take(pieces: AsyncIterable<string>, isAll: boolean): Promise<ShelvedJob> {
    const { maxLineCharacters } = this.parts.limits;
    const splitter = new LineSplitter(maxLineCharacters);
    const iterator = pieces[Symbol.asyncIterator]();
    try {
      for (let piece = await this.#next(iterator); piece.done !== true; piece = await this.#next(iterator))
        await this.#addAll(splitter.push(piece.value), splitter);
    } finally {
      await iterator.return?.();
    }
    await this.#addAll(splitter.end(), splitter);
    await this.#flush();
    if (isAll) await this.#replace({ ...this.shelved, job: { ...this.shelved.job, state: 'waiting' } });
    return this.shelved;
  }

  /** What came is kept when nothing more does. */
  async #next(iterator: AsyncIterator<string>): Promise<IteratorResult<string>> {
    try {
      return await iterator.next();
    } catch (error) {
      await this.#flush();
      throw error instanceof GemelError ? error : new JobUploadBroken(this.shelved.job.lines + 1);
    }
  }

  /** @throws JobTooLarge when one that is too long comes next; those before it are kept */
  async #addAll(lines: readonly string[], { isOver }: LineSplitter): Promise<void> {
    for (const line of lines) await this.#add(line);
    if (!isOver) return;
    await this.#flush();
    throw new JobTooLarge('a line', this.parts.limits.maxLineCharacters);
  }

  async #add(line: string): Promise<void> {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#lines.length >= MAX_LINES || this.#characters >= MAX_CHARACTERS) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const { job } = this.shelved;
    const characters = job.characters + this.#characters;
    const { shelf, limits } = this.parts;
    if (characters > limits.maxCharacters) throw new JobTooLarge('lines', limits.maxCharacters);
    if (!(await shelf.addLines(job.id, job.parts, job.lines + 1, this.#lines))) throw new JobBusy(job.id);
    const lines = job.lines + this.#lines.length;
    await this.#replace({ ...this.shelved, job: { ...job, lines, characters, parts: job.parts + 1 } });
    this.#lines = [];
    this.#characters = 0;
  }

  async #replace(next: ShelvedJob): Promise<void> {
    const replaced = await this.parts.shelf.replace(next, this.parts.clock.now());
    if (replaced === undefined) throw new JobBusy(next.job.id);
    this.shelved = replaced;
  }
}
