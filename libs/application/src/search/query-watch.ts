import { defineError } from '@gemel/model/errors';
import type { Clock, Logger, Meter } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

/** Ditto's OpenAPI names 504 here; its code answers 408 (contract 2.1). */
export const QueryTimeExceeded = defineError('thing-search:query.time.exceeded', 408, () => ({
  message: 'The search request took too long to process.',
  description:
    "Optimize the query, e.g. reducing use of wildcards in 'like' or amount of predicates and/or try again later.",
}));

export interface QueryLimits {
  /** Milliseconds after which a query is given up. @default 60,000 */
  readonly maxQueryMs: number;
  /** Milliseconds after which a query is logged. @default 1,000 */
  readonly slowQueryMs: number;
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = { maxQueryMs: 60_000, slowQueryMs: 1_000 };

type QueryKind = 'query' | 'count' | 'stream' | 'metric';

interface Asked {
  readonly filter?: string | readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
}

/** Counts and times queries, logs the slow ones, and ends those that take too long. */
export class QueryWatch {
  readonly #counts = new Map<QueryKind, { queries: number; ms: number }>();
  #slow = 0;
  #exceeded = 0;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly limits: QueryLimits = DEFAULT_QUERY_LIMITS,
  ) {}

  /**
   * Runs a query.
   * @param run is given what it has to call now and then
   * @throws QueryTimeExceeded from within `run`
   */
  async watch<Result>(
    kind: QueryKind,
    asked: Asked,
    context: Partial<Pick<SignalContext, 'headers'>>,
    run: (proceed: () => void) => Promise<Result>,
  ): Promise<Result> {
    const start = this.clock.now();
    const deadline = start + this.limits.maxQueryMs;
    try {
      return await run(() => {
        if (this.clock.now() <= deadline) return;
        this.#exceeded += 1;
        throw new QueryTimeExceeded();
      });
    } finally {
      this.#note(kind, this.clock.now() - start, asked, context);
    }
  }

  get meters(): readonly Meter[] {
    const byKind = (value: (counts: { queries: number; ms: number }) => number) => () =>
      [...this.#counts].map(([kind, counts]) => ({ labels: { kind }, value: value(counts) }));
    return [
      {
        name: 'gemel_search_queries_total',
        help: 'Searches that were answered or failed.',
        kind: 'counter',
        labels: ['kind'],
        read: byKind(({ queries }) => queries),
      },
      {
        name: 'gemel_search_seconds_total',
        help: 'Time that searches took, all together.',
        kind: 'counter',
        labels: ['kind'],
        read: byKind(({ ms }) => ms / 1_000),
      },
      {
        name: 'gemel_search_slow_queries_total',
        help: 'Searches that took longer than GEMEL_SEARCH_SLOW_QUERY_MS; each is in the log.',
        kind: 'counter',
        read: () => this.#slow,
      },
      {
        name: 'gemel_search_given_up_total',
        help: 'Searches that ended after GEMEL_SEARCH_MAX_QUERY_MS.',
        kind: 'counter',
        read: () => this.#exceeded,
      },
    ];
  }

  #note(kind: QueryKind, ms: number, { filter, namespaces }: Asked, context: Partial<Pick<SignalContext, 'headers'>>) {
    const counts = this.#counts.get(kind) ?? { queries: 0, ms: 0 };
    // The clock may jump back.
    this.#counts.set(kind, { queries: counts.queries + 1, ms: counts.ms + Math.max(0, ms) });
    if (ms <= this.limits.slowQueryMs) return;
    this.#slow += 1;
    const correlationId = context.headers?.['correlation-id'];
    this.log.warn({ kind, ms, filter, namespaces, correlationId }, 'a search was slow');
  }
}
