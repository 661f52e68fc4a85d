import type { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { FluxInvalid } from './flux-invalid.js';
import { conditionsOf, holds, narrowed } from './scan.js';
import type { Condition, Scan } from './scan.js';
import type { Table } from './table.js';
import { eachTable, rowRecord } from './transforms.js';
import type { StoreWindows, Transform } from './transform.js';
import type { FluxTime } from './literal.js';
import type { FluxFunction, FluxTables } from './value.js';

/** Tables under the name that `yield` gave them. */
export interface FluxResult {
  readonly name: string;
  readonly tables: readonly Table[];
}

type Stage = { readonly do: 'transform'; readonly run: Transform } | { readonly do: 'yield'; readonly name: string };

type Source =
  | { readonly from: 'series'; readonly bucket: string }
  | { readonly from: 'columns' }
  | { readonly from: 'buckets'; readonly names: readonly string[] };

const BEGINNING: FluxTime = { kind: 'time', micros: 0 };

/** A stream of tables as a query describes it: where it comes from and what happens to it. Immutable. */
export class Pipeline implements FluxTables {
  readonly kind = 'tables';

  private constructor(
    private readonly source: Source,
    private readonly budget: Budget,
    private readonly stages: readonly Stage[] = [],
    private readonly selection: {
      readonly range?: Pick<Scan, 'start' | 'stop'>;
      readonly conditions: readonly Condition[];
    } = { conditions: [] },
  ) {}

  static ofSeries(bucket: string, budget: Budget): Pipeline {
    return new Pipeline({ from: 'series', bucket }, budget);
  }

  static ofBuckets(names: readonly string[], budget: Budget): Pipeline {
    return new Pipeline({ from: 'buckets', names }, budget);
  }

  /** The different values of one column of the series that a predicate accepts. */
  static ofColumn(column: string, predicate: FluxFunction | undefined, budget: Budget): Pipeline {
    const distinct: Transform = (tables) => {
      const values = new Set(
        tables.flatMap((table) => table.rows.flatMap((row) => row[table.columns.indexOf(column)] ?? [])),
      );
      return values.size === 0
        ? []
        : [{ key: [], columns: ['_value'], rows: [...values].toSorted().map((value) => [value]) }];
    };
    const conditions = predicate === undefined ? [] : conditionsOf(predicate).filter(({ seriesOnly }) => seriesOnly);
    return new Pipeline({ from: 'columns' }, budget, [{ do: 'transform', run: distinct }], {
      conditions,
      range: { start: BEGINNING, stop: BEGINNING },
    });
  }

  ranged(args: Arguments, now: FluxTime): Pipeline {
    const start = args.time('start', now);
    const stop = args.time('stop', now, now);
    if (this.source.from !== 'series' || this.stages.length > 0)
      throw args.invalid("must stand right after 'from' and its filters");
    if (this.selection.range !== undefined) throw args.invalid('stands twice');
    if (start.micros >= stop.micros) throw args.invalid('needs a start before its stop');
    return new Pipeline(this.source, this.budget, this.stages, { ...this.selection, range: { start, stop } });
  }

  filtered(args: Arguments): Pipeline {
    const fn = args.function('fn');
    if (args.string('onEmpty', 'drop') !== 'drop') throw args.invalid("supports 'drop' only as 'onEmpty'");
    if (this.source.from === 'series' && this.stages.length === 0) {
      const conditions = [...this.selection.conditions, ...conditionsOf(fn)];
      return new Pipeline(this.source, this.budget, this.stages, { ...this.selection, conditions });
    }
    return this.transformed(this.#filter([{ fn, seriesOnly: false }]));
  }

  yielded(args: Arguments): Pipeline {
    return this.#with({ do: 'yield', name: args.string('name', '_result') });
  }

  transformed(run: Transform): Pipeline {
    return this.#with({ do: 'transform', run });
  }

  /** What to fetch; undefined when the pipeline needs nothing from the store. @throws FluxInvalid without a range */
  scan(): Scan | undefined {
    if (this.source.from === 'buckets') return undefined;
    const { range, conditions } = this.selection;
    if (range === undefined)
      throw new FluxInvalid(
        "'from' needs a 'range' right after it",
        undefined,
        'A query without bounds would read everything.',
      );
    return {
      ...range,
      samples: this.source.from === 'series',
      window: this.#storeWindows(),
      ...narrowed(conditions, this.budget),
    };
  }

  /** Computes the results from what {@link scan} asked for. @throws FluxInvalid */
  results(fetched: readonly Table[]): readonly FluxResult[] {
    const rest = this.selection.conditions.filter(({ seriesOnly }) => !seriesOnly);
    let tables = this.source.from === 'buckets' ? [bucketTable(this.source.names)] : this.#filter(rest)(fetched);
    const results: FluxResult[] = [];
    const inStore = this.#storeWindows();
    for (const [index, stage] of this.stages.entries()) {
      if (stage.do === 'yield') {
        results.push({ name: stage.name, tables });
        continue;
      }
      for (const { rows } of tables) this.budget.spend(rows.length);
      tables = index === 0 && inStore !== undefined ? inStore.rest(tables) : stage.run(tables);
    }
    return this.stages.at(-1)?.do === 'yield' ? results : [...results, { name: '_result', tables }];
  }

  /** The windows that the store may make: those right after conditions on the series only. */
  #storeWindows(): StoreWindows | undefined {
    const [first] = this.stages;
    if (this.source.from !== 'series' || first?.do !== 'transform') return undefined;
    return this.selection.conditions.every(({ seriesOnly }) => seriesOnly) ? first.run.inStore : undefined;
  }

  #filter(conditions: readonly Condition[]): Transform {
    if (conditions.length === 0) return (tables) => tables;
    return (tables) =>
      eachTable(tables, (rows, table) =>
        rows.filter((row) => conditions.every((condition) => holds(condition, rowRecord(table, row), this.budget))),
      );
  }

  #with(stage: Stage): Pipeline {
    return new Pipeline(this.source, this.budget, [...this.stages, stage], this.selection);
  }
}

/** As InfluxDB's `buckets()` has it. */
function bucketTable(names: readonly string[]): Table {
  return {
    key: ['organizationID'],
    columns: ['name', 'id', 'organizationID', 'retentionPolicy', 'retentionPeriod'],
    rows: names.map((name, index) => [name, (index + 1).toString(16).padStart(16, '0'), '0000000000000001', '', 0n]),
  };
}
