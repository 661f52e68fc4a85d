import type { JsonObject } from '../json/index.js';
import type { TransferItem } from '../types/index.js';

/** What becomes of things that are there already: a refusal, a merge, a replacement. */
export type ImportMode = 'create' | 'merge' | 'replace';

export const IMPORT_MODES = ['create', 'merge', 'replace'] as const satisfies readonly ImportMode[];

/**
 * `receiving`: lines are missing; `waiting`: for its turn; `running`: at work, or to be taken up again after a crash;
 * the others are ends.
 */
export const JOB_STATES = ['receiving', 'waiting', 'running', 'done', 'cancelled', 'failed'] as const;

export type JobState = (typeof JOB_STATES)[number];

export function isEnded(state: JobState): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

/** What is done in this order, with all lines: what comes later may need what comes earlier. */
export const IMPORT_PHASES = ['check', 'policy', 'type', 'version', 'twin'] as const satisfies readonly (
  'check' | TransferItem['kind']
)[];

export type ImportPhase = (typeof IMPORT_PHASES)[number];

/** Where an import is. Everything before has taken effect, and is not done again. */
export interface ImportPlace {
  readonly phase: ImportPhase;
  /** 0 for all lines of a phase; higher ones are for lines whose parents were not there yet. */
  readonly pass: number;
  /** The next portion of lines, counted from 0. */
  readonly part: number;
  /** Lines that this pass has dealt with. */
  readonly settled: number;
  /** Lines that this pass has left for the next one. */
  readonly left: number;
  /** Whether lines are refused that could only wait: the pass before has dealt with none. */
  readonly isLast: boolean;
}

export const IMPORT_START: ImportPlace = {
  phase: 'check',
  pass: 0,
  part: 0,
  settled: 0,
  left: 0,
  isLast: false,
};

export interface ImportCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
}

export const NO_COUNTS: ImportCounts = { created: 0, changed: 0, unchanged: 0, failed: 0 };

export function addCounts(a: ImportCounts, b: Partial<ImportCounts>): ImportCounts {
  return {
    created: a.created + (b.created ?? 0),
    changed: a.changed + (b.changed ?? 0),
    unchanged: a.unchanged + (b.unchanged ?? 0),
    failed: a.failed + (b.failed ?? 0),
  };
}

/** What dealing with one portion of lines has come to. */
export interface PortionOutcome {
  readonly counts: Partial<ImportCounts>;
  /** Lines that were dealt with, and such that wait for another pass. */
  readonly settled: number;
  readonly left: number;
}

/** The place after a portion. */
export function afterPortion(place: ImportPlace, { settled, left }: PortionOutcome): ImportPlace {
  return { ...place, part: place.part + 1, settled: place.settled + settled, left: place.left + left };
}

/**
 * The place at which the next portion of work begins; undefined when all is done. Ends a pass when its portions are dealt
 * with: lines that wait for their parents get another pass for as long as passes find any.
 */
export function nextPlace(place: ImportPlace, parts: number): ImportPlace | undefined {
  if (place.part < parts) return place;
  if (place.left > 0 && (place.settled > 0 || !place.isLast)) {
    return { ...place, pass: place.pass + 1, part: 0, settled: 0, left: 0, isLast: place.settled === 0 };
  }
  const phase = IMPORT_PHASES[IMPORT_PHASES.indexOf(place.phase) + 1];
  return phase === undefined ? undefined : nextPlace({ ...IMPORT_START, phase }, parts);
}

/**
 * How far it is, from 0 to 1; passes for lines that wait do not count.
 * @param isOnePhase whether the phase is all that there is
 */
export function progressOf({ phase, pass, part }: ImportPlace, parts: number, isOnePhase = false): number {
  const [before, phases] = isOnePhase ? [0, 1] : [IMPORT_PHASES.indexOf(phase), IMPORT_PHASES.length];
  const within = pass > 0 || parts === 0 ? 1 : part / parts;
  return Math.min(1, Math.round(((before + within) / phases) * 1_000) / 1_000);
}

/** One line that could not be imported, as callers see it. */
export interface LineError {
  /** Counted from 1. */
  readonly line: number;
  readonly error: JsonObject;
}
