import type { ThingId } from '@gemel/model/ids';
import { IMPORT_START, NO_COUNTS, progressOf } from '@gemel/model/jobs';
import type { ImportCounts, ImportMode, ImportPlace, JobState, PortionOutcome } from '@gemel/model/jobs';
import { isJsonObject, parseJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { TransferItem } from '@gemel/model/types';
import type { SignalContext } from '../signals/index.js';
import type { MigrationWork } from './migration-run.js';

/** A commit that is about to be made, so that it can be found out after a crash whether it was. */
export interface ImportIntent {
  /** Its `correlation-id`. */
  readonly commit: string;
  /** One of the things that it changes. */
  readonly thingId: ThingId;
  readonly outcome: PortionOutcome;
}

/** An import that goes on by itself, as it is kept. Times are milliseconds since 1970. */
export interface ImportJob {
  readonly id: string;
  readonly state: JobState;
  readonly mode: ImportMode;
  readonly dryRun: boolean;
  /** Who started it, and on whose authority it is done. */
  readonly subjects: SignalContext['subjects'];
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Lines that are kept, in so many portions. */
  readonly lines: number;
  readonly parts: number;
  readonly characters: number;
  /** Counts uploads: only the last one that began goes on. */
  readonly upload: number;
  readonly isCancelling: boolean;
  readonly place: ImportPlace;
  readonly counts: ImportCounts;
  /** Lines of each kind, known when all have been read. */
  readonly kinds: Readonly<Record<TransferItem['kind'], number>>;
  /** Errors that are kept; `failed` counts all. */
  readonly errors: number;
  /** What is done with twins that are there, instead of an import. */
  readonly work?: MigrationWork;
  readonly intent?: ImportIntent;
  /** Why it failed as a whole. */
  readonly error?: JsonObject;
}

export function newImportJob(
  id: string,
  asked: Pick<ImportJob, 'mode' | 'dryRun' | 'subjects' | 'work'>,
  now: number,
): ImportJob {
  const { mode, dryRun, subjects, work } = asked;
  const place: ImportPlace = work === undefined ? IMPORT_START : { ...IMPORT_START, phase: 'twin' };
  return {
    ...{ id, state: 'receiving', mode, dryRun, subjects, createdAt: now, updatedAt: now },
    ...{ lines: 0, parts: 0, characters: 0, upload: 0, isCancelling: false },
    ...{ place, counts: NO_COUNTS, errors: 0 },
    kinds: { policy: 0, type: 0, version: 0, twin: 0 },
    ...(work === undefined ? {} : { work }),
  };
}

/** As it is stored. */
export function importJobRecord(job: ImportJob): JsonValue {
  return parseJson(JSON.stringify(job));
}

/** Reads what `importJobRecord` made; nobody else writes these records. */
export function parseImportJob(content: JsonValue): ImportJob {
  if (!isJsonObject(content)) throw new Error('a record of a job holds no job');
  return content as unknown as ImportJob;
}

/** As its owner sees it. */
export function importJobJson(job: ImportJob): JsonObject {
  const { place, lines, error, work } = job;
  const isRunning = job.state === 'running';
  return {
    jobId: job.id,
    ...(work === undefined ? { kind: 'import' } : workJson(work)),
    state: job.isCancelling && isRunning ? 'cancelling' : job.state,
    ...(work === undefined ? { mode: job.mode } : {}),
    dryRun: job.dryRun,
    createdAt: new Date(job.createdAt).toISOString(),
    updatedAt: new Date(job.updatedAt).toISOString(),
    lines,
    ...(job.state === 'receiving' ? { nextLine: lines + 1 } : {}),
    ...(isRunning ? { phase: place.phase } : {}),
    progress: job.state === 'done' ? 1 : progressOf(place, job.parts, work !== undefined),
    ...job.counts,
    errors: job.errors,
    ...(error === undefined ? {} : { error }),
  };
}

function workJson({ typeId, from, to, undoOf }: MigrationWork): JsonObject {
  if (to === undefined) return { kind: 'undo', typeId, ...(undoOf === undefined ? {} : { undoOf }) };
  return { kind: 'migration', typeId, ...(from === undefined ? {} : { from }), to };
}
