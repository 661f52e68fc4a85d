import type { QueryLimits } from '@gemel/application/search';
import { z } from 'zod';

/** Of processes that search. */
export const querySettings = {
  GEMEL_SEARCH_MAX_QUERY_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(60_000)
    .describe('Milliseconds after which a search is given up and answered with 408.'),
  GEMEL_SEARCH_SLOW_QUERY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(600_000)
    .default(1_000)
    .describe('Searches that take longer, in milliseconds, are logged.'),
  GEMEL_SEARCH_STREAM_THINGS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Things that one stream of search results sends in a second; 0 for as many as its client takes.'),
};

export interface QuerySettings {
  readonly GEMEL_SEARCH_MAX_QUERY_MS: number;
  readonly GEMEL_SEARCH_SLOW_QUERY_MS: number;
}

export function queryLimitsOf(settings: QuerySettings): QueryLimits {
  return { maxQueryMs: settings.GEMEL_SEARCH_MAX_QUERY_MS, slowQueryMs: settings.GEMEL_SEARCH_SLOW_QUERY_MS };
}
