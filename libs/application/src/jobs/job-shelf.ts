import { JobNotFound, isEnded } from '@gemel/model/jobs';
import type { LineError } from '@gemel/model/jobs';
import { isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { RecordStore } from '../ports/index.js';
import { byLine } from './by-line.js';
import { importJobRecord, parseImportJob } from './import-job.js';
import type { ImportJob } from './import-job.js';
import type { WorkBell } from './work-bell.js';

/** A job, and what its next change is compared with. */
export interface ShelvedJob {
  readonly job: ImportJob;
  readonly revision: number;
}

/** Records that are asked for at once. */
const PAGE = 200;
const JOBS = 'import/';

/** Jobs, the lines that they are given, and what could not be done, in the store of records. */
export class JobShelf {
  /** @param bell is rung for each job that waits for the worker */
  constructor(
    private readonly records: RecordStore,
    private readonly bell: Pick<WorkBell, 'ring'>,
  ) {}

  async find(id: string): Promise<ShelvedJob | undefined> {
    const record = await this.records.record('job', JOBS + id);
    return record && { job: parseImportJob(record.content), revision: record.revision };
  }

  /** @throws JobNotFound also for a job of somebody else */
  async ownedBy(owner: string, id: string): Promise<ShelvedJob> {
    const found = await this.find(id);
    if (found?.job.subjects[0] !== owner) throw new JobNotFound(id);
    return found;
  }

  /** All from the newest on, after the one with an ID. */
  async *all(after?: string): AsyncGenerator<ShelvedJob> {
    let last = after === undefined ? undefined : JOBS + after;
    for (;;) {
      const records = await this.records.records('job', { prefix: JOBS, after: last, limit: PAGE });
      for (const { content, revision } of records) yield { job: parseImportJob(content), revision };
      if (records.length < PAGE) return;
      last = records.at(-1)?.key;
    }
  }

  async add(job: ImportJob): Promise<ShelvedJob> {
    await this.records.insertRecord('job', JOBS + job.id, importJobRecord(job));
    return { job, revision: 1 };
  }

  /** Undefined when somebody else has changed it meanwhile. */
  async replace({ job, revision }: ShelvedJob, now: number): Promise<ShelvedJob | undefined> {
    const next = { ...job, updatedAt: now };
    const isDone = await this.records.replaceRecord('job', JOBS + job.id, revision, importJobRecord(next));
    if (!isDone) return undefined;
    if (next.state === 'waiting') this.bell.ring();
    return { job: next, revision: revision + 1 };
  }

  /** Changes a job as it is when it is changed; undefined when `change` leaves it, or it is not there. */
  async change(
    id: string,
    change: (job: ImportJob) => ImportJob | undefined,
    now: number,
  ): Promise<ShelvedJob | undefined> {
    for (;;) {
      const found = await this.find(id);
      const next = found && change(found.job);
      if (found === undefined || next === undefined) return undefined;
      const replaced = await this.replace({ ...found, job: next }, now);
      if (replaced !== undefined) return replaced;
    }
  }

  /** False when there are such lines: of an upload that has ended without a trace, or another one. */
  addLines(id: string, part: number, first: number, lines: readonly string[]): Promise<boolean> {
    return this.records.insertRecord('job-part', linesKey(id, part), { first, lines });
  }

  async removeLines(id: string, part: number): Promise<void> {
    await this.records.removeRecords('job-part', [linesKey(id, part)]);
  }

  /** A portion of lines, and the number of the first one. */
  async lines(id: string, part: number): Promise<{ readonly first: number; readonly lines: readonly string[] }> {
    const record = await this.records.record('job-part', linesKey(id, part));
    const content = record?.content;
    if (content === undefined || !isJsonObject(content)) throw new Error('lines of a job are lost');
    const [first, lines] = [member(content, 'first'), member(content, 'lines')];
    return {
      first: typeof first === 'number' ? first : 0,
      lines: lines !== undefined && isJsonArray(lines) ? lines.map(String) : [],
    };
  }

  /** Numbers of lines of a portion that wait for another pass; takes the place of what was there. */
  async leaveLines(id: string, pass: string, part: number, lines: readonly number[]): Promise<void> {
    await this.#put(`${id}/left/${pass}/${ordered(part)}`, [...lines]);
  }

  async leftLines(id: string, pass: string, part: number): Promise<readonly number[]> {
    const record = await this.records.record('job-part', `${id}/left/${pass}/${ordered(part)}`);
    const content = record?.content ?? [];
    return isJsonArray(content) ? content.filter((line) => typeof line === 'number') : [];
  }

  /** What a portion has changed, so that it can be taken back: a text for each twin. */
  async putChanges(id: string, portion: string, texts: readonly string[]): Promise<void> {
    await this.#put(`${id}/change/${portion}`, [...texts]);
  }

  async *changes(id: string): AsyncGenerator<readonly string[]> {
    for await (const content of this.#parts(`${id}/change/`)) yield content.map(String);
  }

  /** Errors of one portion in one pass; takes the place of what was there. */
  async putErrors(id: string, portion: string, errors: readonly LineError[]): Promise<void> {
    await this.#put(
      `${id}/error/${portion}`,
      errors.map(({ line, error }) => ({ line, ...error })),
    );
  }

  /** By line. Each pass through the lines has met its own in this order. */
  async *errors(id: string): AsyncGenerator<readonly JsonObject[]> {
    const all = `${id}/error/`;
    const passes: AsyncGenerator<readonly JsonObject[]>[] = [];
    for (let after: string | undefined; ;) {
      const [next] = await this.records.records('job-part', { prefix: all, after, limit: 1 });
      if (next === undefined) break;
      const pass = next.key.slice(0, next.key.lastIndexOf('-') + 1);
      passes.push(this.#errorsIn(pass));
      // Numbers of portions come before it.
      after = `${pass}~`;
    }
    yield* byLine(passes);
  }

  async *#errorsIn(prefix: string): AsyncGenerator<readonly JsonObject[]> {
    for await (const content of this.#parts(prefix)) yield content.filter(isJsonObject);
  }

  /** Takes away what only the work needed; with the errors when all of the job goes. */
  async clear(id: string, what: 'lines' | 'all'): Promise<void> {
    const prefixes = what === 'all' ? [`${id}/`] : [`${id}/line/`, `${id}/left/`];
    for (const prefix of prefixes) {
      for (;;) {
        const records = await this.records.records('job-part', { prefix, limit: 20 });
        if (records.length === 0) break;
        await this.records.removeRecords(
          'job-part',
          records.map(({ key }) => key),
        );
      }
    }
    if (what === 'all') await this.records.removeRecords('job', [JOBS + id]);
  }

  /** Jobs that have not ended. */
  async countOpen(): Promise<number> {
    let open = 0;
    for await (const { job } of this.all()) if (!isEnded(job.state)) open += 1;
    return open;
  }

  async *#parts(prefix: string): AsyncGenerator<readonly JsonValue[]> {
    let after: string | undefined;
    for (;;) {
      const records = await this.records.records('job-part', { prefix, after, limit: 20 });
      for (const { content } of records) if (isJsonArray(content)) yield content;
      if (records.length === 0) return;
      after = records.at(-1)?.key;
    }
  }

  async #put(key: string, content: JsonValue): Promise<void> {
    await this.records.removeRecords('job-part', [key]);
    await this.records.insertRecord('job-part', key, content);
  }
}

function linesKey(id: string, part: number): string {
  return `${id}/line/${ordered(part)}`;
}

/** Numbers whose texts have their order. */
export function ordered(number: number): string {
  return String(number).padStart(8, '0');
}
