import { z } from 'zod';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const logSettings = {
  GEMEL_LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('Least important level that is logged; one JSON line each on standard error.'),
};
