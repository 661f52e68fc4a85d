import { z } from 'zod';
import { flag } from './fields.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const logSettings = {
  GEMEL_LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('Least important level that is logged; one JSON line each on standard error.'),
  GEMEL_TRACING: flag(false).describe(
    'Whether requests and messages that belong to no trace begin one. Those that bring a `traceparent` go on with theirs ' +
      'in any case.',
  ),
};
