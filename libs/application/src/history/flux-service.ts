import { Budget, DEFAULT_BUDGET, FluxInvalid, planFlux, seriesTables } from '@gemel/model/flux';
import type { FluxResult, Scan, Table } from '@gemel/model/flux';
import { MEASUREMENT } from '@gemel/model/history';
import type { ThingId } from '@gemel/model/ids';
import type { Enforcer, SubjectId } from '@gemel/model/policies';
import { AGGREGATES } from '../ports/index.js';
import type { Clock, HistoryStore, Sample, Series, SeriesFilter } from '../ports/index.js';
import { mayRead } from './series-access.js';
import type { SeriesAccess } from './series-access.js';

/** Samples that one query may read. */
const MAX_SAMPLES_READ = 250_000;
/** A sample's share of the budget: the cells of its row. */
const CELLS = 10;

/** The buckets that exist under OpenTwins: the one its chart makes, and the one its documentation names. */
export const DEFAULT_BUCKETS: readonly string[] = ['default', 'opentwins'];

/**
 * Answers Flux over the history: series carry the measurement, field and tags that OpenTwins dashboards know, and only
 * those whose property the caller may read today are seen. All buckets hold the same data.
 */
export class FluxService {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: SeriesAccess,
    private readonly clock: Clock,
    private readonly bucketNames: readonly string[] = DEFAULT_BUCKETS,
  ) {}

  buckets(): readonly string[] {
    return this.bucketNames;
  }

  /** The results under their names, in order. @throws FluxInvalid */
  async query(text: string, subjects: readonly SubjectId[]): Promise<readonly FluxResult[]> {
    const budget = new Budget(DEFAULT_BUDGET);
    const plan = planFlux(text, { now: this.clock.now() * 1000, buckets: this.bucketNames, budget });
    const reading = new SeriesReading(this.history, budget, this.#enforcers(subjects));
    const results: FluxResult[] = [];
    for (const pipeline of plan.pipelines) {
      const scan = pipeline.scan();
      results.push(...pipeline.results(scan === undefined ? [] : await reading.tables(scan)));
    }
    const twice = results.find(({ name }, index) => results.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined)
      throw new FluxInvalid(`Two results have the name '${twice.name}'`, undefined, 'Name them with yield(name: "…").');
    return results;
  }

  /** Asks for each thing once. */
  #enforcers(subjects: readonly SubjectId[]): (thingId: ThingId) => Promise<Enforcer | undefined> {
    const enforcers = new Map<ThingId, Promise<Enforcer | undefined>>();
    return (thingId) => {
      const enforcer = enforcers.get(thingId) ?? this.access.enforcer(thingId, subjects);
      enforcers.set(thingId, enforcer);
      return enforcer;
    };
  }
}

/** What one query reads of the store, within its bounds. */
class SeriesReading {
  #left = MAX_SAMPLES_READ;

  constructor(
    private readonly history: HistoryStore,
    private readonly budget: Budget,
    private readonly enforcerOf: (thingId: ThingId) => Promise<Enforcer | undefined>,
  ) {}

  async tables(scan: Scan): Promise<readonly Table[]> {
    const tables: Table[] = [];
    for (const series of await this.history.series(filterOf(scan))) {
      const columns = columnsOf(series);
      if (!scan.accepts(columns)) continue;
      const enforcer = await this.enforcerOf(series.key.thingId);
      if (enforcer === undefined || !mayRead(enforcer, series.key.path)) continue;
      tables.push(...seriesTables(scan, columns, scan.samples ? await this.#samples(series, scan) : []));
    }
    return tables;
  }

  async #samples(series: Series, { start, stop, window }: Scan): Promise<readonly Sample[]> {
    const range = { from: start.micros, to: stop.micros };
    const aggregate = AGGREGATES.find((name) => name === window?.aggregate);
    const samples =
      window === undefined || aggregate === undefined
        ? await this.history.samples([series], range, { limit: this.#left + 1 })
        : await this.history.windows([series], range, { every: window.every, aggregate, limit: this.#left + 1 });
    this.#left -= samples.length;
    if (this.#left < 0) {
      throw new FluxInvalid(
        `The query reads more than ${MAX_SAMPLES_READ} samples`,
        undefined,
        'Ask for a shorter range or fewer things, or put aggregateWindow right after the filters.',
      );
    }
    this.budget.spend(samples.length * CELLS);
    // The window that the range cuts into starts with the range.
    return samples.map((sample) => (sample.time < range.from ? { ...sample, time: range.from } : sample));
  }
}

function filterOf({ thingIds, thingIdPrefix, fields }: Scan): SeriesFilter {
  return {
    ...(thingIds === undefined ? {} : { thingIds: [...thingIds] }),
    ...(thingIdPrefix === undefined ? {} : { thingIdPrefix }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
  };
}

function columnsOf({ key }: Series): ReadonlyMap<string, string> {
  return new Map([
    ['_measurement', MEASUREMENT],
    ['_field', key.field],
    ['thingId', key.thingId],
    ...Object.entries(key.tags),
  ]);
}
