const DAY_MS = 86_400_000;

/** How much jobs may take, and how long they are kept. */
export interface JobLimits {
  /** Jobs that have not ended, of all callers together. */
  readonly maxOpen: number;
  /** Of all lines of one job, in UTF-16 code units. */
  readonly maxCharacters: number;
  /** Of one line. */
  readonly maxLineCharacters: number;
  /** Errors that are kept of one job; further ones are only counted. */
  readonly maxErrors: number;
  /** How long an ended job is remembered. */
  readonly rememberedMs: number;
  /** How long a job waits for the rest of its lines. */
  readonly awaitedMs: number;
}

export const DEFAULT_JOB_LIMITS: JobLimits = {
  maxOpen: 100,
  maxCharacters: 4_000_000_000,
  // A thing of 100 kB with all that JSON may add.
  maxLineCharacters: 1_000_000,
  maxErrors: 100_000,
  rememberedMs: 7 * DAY_MS,
  awaitedMs: DAY_MS,
};
