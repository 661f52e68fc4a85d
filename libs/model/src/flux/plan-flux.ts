import { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { scalarBuiltins, stringsPackage } from './builtins.js';
import { evaluate } from './evaluate.js';
import type { Expression, Statement } from './expression.js';
import { FluxInvalid } from './flux-invalid.js';
import type { Place } from './flux-invalid.js';
import { parseFlux } from './parse-flux.js';
import { Pipeline } from './pipeline.js';
import { TRANSFORMS } from './transforms.js';
import { recordOf, typeName } from './value.js';
import type { FluxTime } from './literal.js';
import type { FluxBuiltin, FluxRecord, FluxValue, Scope } from './value.js';

export interface FluxSettings {
  /** Microseconds since 1970. */
  readonly now: number;
  /** Names that `from(bucket:)` accepts. */
  readonly buckets: readonly string[];
  readonly budget: Budget;
}

/** Default of {@link FluxSettings.budget}, see {@link Budget}: some seconds of computing. */
export const DEFAULT_BUDGET = 30_000_000;

/** What a query asks for, still to be fetched and computed. */
export interface FluxPlan {
  /** In the order of their statements. */
  readonly pipelines: readonly Pipeline[];
}

const SOURCES = ['buckets', 'from', 'schema.fieldKeys', 'schema.measurements', 'schema.tagValues'];
const SUPPORTED = `Supported are: import of 'strings' and 'influxdata/influxdb/schema', option and variable assignment, ${[
  ...SOURCES,
  ...TRANSFORMS.keys(),
  'filter',
  'range',
  'yield',
]
  .toSorted()
  .join(
    ', ',
  )}; strings.{containsStr, hasPrefix, hasSuffix, replace, replaceAll, toLower, toUpper, trimPrefix}; bool, contains, duration, float, int, now, string, time; the operators and, or, not, exists, ==, !=, <, <=, >, >=, =~, !~, +, -, *, /, %, ^, if.`;

/** Reads a query and works out what it needs. @throws FluxInvalid for what is malformed or not supported, naming it and its place */
export function planFlux(query: string, settings: FluxSettings): FluxPlan {
  try {
    return new Planner(settings).plan(parseFlux(query));
  } catch (error) {
    if (!(error instanceof FluxInvalid) || error.description !== undefined) throw error;
    throw withHint(error);
  }
}

function withHint(error: InstanceType<typeof FluxInvalid>): Error {
  const { message } = error;
  const hinted = new FluxInvalid(message.slice(0, -1), undefined, SUPPORTED);
  hinted.cause = error;
  return hinted;
}

class Planner {
  readonly #pipelines: Pipeline[] = [];
  #scope: Scope | undefined;

  constructor(private readonly settings: FluxSettings) {
    const now: FluxTime = { kind: 'time', micros: settings.now };
    const builtins = new Map([...scalarBuiltins(now, settings.budget), ...this.#tableBuiltins(now)]);
    for (const [name, value] of builtins) this.#define(name, value);
  }

  plan(statements: readonly Statement[]): FluxPlan {
    for (const statement of statements) this.#run(statement);
    if (this.#pipelines.length === 0) throw new FluxInvalid('The query asks for no result');
    return { pipelines: this.#pipelines };
  }

  #run(statement: Statement): void {
    switch (statement.kind) {
      case 'import':
        this.#define(statement.name, this.#package(statement.path, statement.at));
        break;
      case 'assignment':
        this.#define(statement.name, this.#evaluate(statement.value));
        break;
      case 'expression': {
        const value = this.#evaluate(statement.value);
        if (!(value instanceof Pipeline))
          throw new FluxInvalid(`A stream of tables is needed here, not a ${typeName(value)}`, statement.at);
        this.#pipelines.push(value);
        break;
      }
    }
  }

  #evaluate(expression: Expression): FluxValue {
    return evaluate(expression, this.#scope, this.settings.budget);
  }

  #define(name: string, value: FluxValue): void {
    this.#scope = { name, value, outer: this.#scope };
  }

  #package(path: string, at: Place): FluxRecord {
    if (path === 'strings') return stringsPackage(this.settings.budget);
    if (path === 'influxdata/influxdb/schema' || path === 'influxdata/influxdb/v1') return this.#schemaPackage();
    throw new FluxInvalid(`The package '${path}' is not supported`, at);
  }

  #tableBuiltins(now: FluxTime): ReadonlyMap<string, FluxBuiltin> {
    const { budget } = this.settings;
    const builtin = (name: string, run: (args: Arguments) => FluxValue): [string, FluxBuiltin] => [
      name,
      builtinOf(name, run),
    ];
    return new Map([
      builtin('buckets', () => Pipeline.ofBuckets(this.settings.buckets, budget)),
      builtin('from', (args) => Pipeline.ofSeries(this.#bucket(args), budget)),
      builtin('range', (args) => piped(args).ranged(args, now)),
      builtin('filter', (args) => piped(args).filtered(args)),
      builtin('yield', (args) => piped(args).yielded(args)),
      ...[...TRANSFORMS].map(([name, factory]) =>
        builtin(name, (args) => piped(args).transformed(factory(args, budget))),
      ),
    ]);
  }

  /** The queries that dashboard variables are filled with; they list what exists, whatever the time. */
  #schemaPackage(): FluxRecord {
    const listing = (name: string, column: (args: Arguments) => string): [string, FluxBuiltin] => [
      name,
      builtinOf(`schema.${name}`, (args) => {
        this.#bucket(args);
        args.optional('start');
        args.optional('stop');
        const predicate = args.optional('predicate') === undefined ? undefined : args.function('predicate');
        return Pipeline.ofColumn(column(args), predicate, this.settings.budget);
      }),
    ];
    return recordOf(
      new Map([
        listing('tagValues', (args) => args.string('tag')),
        listing('fieldKeys', () => '_field'),
        listing('measurements', () => '_measurement'),
      ]),
    );
  }

  #bucket(args: Arguments): string {
    const bucket = args.string('bucket');
    if (this.settings.buckets.includes(bucket)) return bucket;
    throw new FluxInvalid(
      `There is no bucket '${bucket}'`,
      args.at,
      `Buckets are: ${this.settings.buckets.join(', ')}.`,
    );
  }
}

function builtinOf(name: string, run: (args: Arguments) => FluxValue): FluxBuiltin {
  return {
    kind: 'builtin',
    name,
    call: (values, at) => {
      const args = new Arguments(name, values, at);
      const result = run(args);
      args.done();
      return result;
    },
  };
}

function piped(args: Arguments): Pipeline {
  const tables = args.required('tables');
  return tables instanceof Pipeline ? tables : args.wrong('tables', 'a stream of tables', tables);
}
