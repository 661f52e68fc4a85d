import { DEFAULT_JOB_LIMITS } from '@gemel/application/jobs';
import type { JobLimits } from '@gemel/application/jobs';
import { z } from 'zod';

const HOUR_MS = 3_600_000;
const { maxOpen, maxCharacters, maxLineCharacters, maxErrors, rememberedMs, awaitedMs } = DEFAULT_JOB_LIMITS;

/** Of processes that take and do jobs. */
export const jobSettings = {
  GEMEL_JOB_MAX_OPEN: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(maxOpen)
    .describe('Jobs that have not ended, of all callers together; further ones are answered 429.'),
  GEMEL_JOB_MAX_CHARACTERS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(1_000_000_000_000)
    .default(maxCharacters)
    .describe('Text of all lines of one job; the store keeps it until the job ends.'),
  GEMEL_JOB_LINE_MAX_CHARACTERS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(4_000_000)
    .default(maxLineCharacters)
    .describe('Longest line of a job.'),
  GEMEL_JOB_MAX_ERRORS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(maxErrors)
    .describe('Errors that are kept of one job; further ones are only counted.'),
  GEMEL_JOB_REMEMBERED_HOURS: z.coerce
    .number()
    .min(0.1)
    .max(87_600)
    .default(rememberedMs / HOUR_MS)
    .describe('How long a job that has ended can be looked at.'),
  GEMEL_JOB_AWAITED_HOURS: z.coerce
    .number()
    .min(0.1)
    .max(87_600)
    .default(awaitedMs / HOUR_MS)
    .describe('How long a job waits for the rest of its lines before it is forgotten.'),
};

export type JobSettings = Readonly<Record<keyof typeof jobSettings, number>>;

/** Processes that take no jobs have no settings for them. */
export function jobLimitsOf(settings: Partial<JobSettings>): JobLimits {
  return {
    maxOpen: settings.GEMEL_JOB_MAX_OPEN ?? maxOpen,
    maxCharacters: settings.GEMEL_JOB_MAX_CHARACTERS ?? maxCharacters,
    maxLineCharacters: settings.GEMEL_JOB_LINE_MAX_CHARACTERS ?? maxLineCharacters,
    maxErrors: settings.GEMEL_JOB_MAX_ERRORS ?? maxErrors,
    rememberedMs: HOUR_MS * (settings.GEMEL_JOB_REMEMBERED_HOURS ?? rememberedMs / HOUR_MS),
    awaitedMs: HOUR_MS * (settings.GEMEL_JOB_AWAITED_HOURS ?? awaitedMs / HOUR_MS),
  };
}
